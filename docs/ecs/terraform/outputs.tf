output "policy_arn" {
  description = "ARN of the policy, to attach to a role of your own."
  value       = aws_iam_policy.worker.arn
}

output "role_arn" {
  description = "ARN of the worker's role; null without `create_role`."
  value       = one(aws_iam_role.worker[*].arn)
}
