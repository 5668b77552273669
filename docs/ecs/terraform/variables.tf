variable "cluster_arn" {
  description = "ARN of the ECS cluster that the tenants' services run in."
  type        = string

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:ecs:[a-z0-9-]+:[0-9]{12}:cluster/[A-Za-z0-9_-]+$", var.cluster_arn))
    error_message = "Give a whole cluster ARN, such as arn:aws:ecs:eu-central-1:111122223333:cluster/main."
  }
}

variable "service_name_prefix" {
  description = "What the names of the tenants' services begin with: `service_name_prefix` of the provider's configuration."
  type        = string
  default     = "landlord-tenant-"
}

variable "passed_role_arns" {
  description = "Task roles and execution roles of the tenants' task definitions; the worker may pass these and no others."
  type        = list(string)

  validation {
    condition     = length(var.passed_role_arns) > 0
    error_message = "Name at least the execution role of the tenants' task definitions."
  }
}

variable "log_group_arns" {
  description = "Log groups of the awslogs driver that the worker may read. Empty: no logs."
  type        = list(string)
  default     = []
}

variable "read_load_balancers" {
  description = "Whether services stand behind load balancers, whose addresses are then shown as endpoints."
  type        = bool
  default     = true
}

variable "read_cloud_map" {
  description = "Whether services register in Cloud Map, whose names are then shown as endpoints."
  type        = bool
  default     = false
}

variable "create_role" {
  description = "Whether to create a role for the worker. Otherwise attach the policy to a role of your own."
  type        = bool
  default     = true
}

variable "role_name" {
  description = "Name of the worker's role."
  type        = string
  default     = "landlord-worker"
}

variable "trusted_services" {
  description = "AWS services that may assume the role, e.g. ecs-tasks.amazonaws.com for a worker that is an ECS task."
  type        = list(string)
  default     = ["ecs-tasks.amazonaws.com"]
}

variable "trusted_principal_arns" {
  description = "Roles or accounts that may assume the role, for `assume_role` in a tenant's configuration."
  type        = list(string)
  default     = []
}

variable "external_id" {
  description = "What the trusted principals must name when they assume the role; `assume_role.external_id`."
  type        = string
  default     = null
  sensitive   = true
}

variable "tags" {
  description = "Tags of the role and the policy."
  type        = map(string)
  default     = {}
}
