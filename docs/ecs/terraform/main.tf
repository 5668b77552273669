# What Landlord's worker may do in the account that its tenants run in: their services, and nothing else.

locals {
  cluster_parts = split(":", var.cluster_arn)
  partition     = local.cluster_parts[1]
  region        = local.cluster_parts[3]
  account       = local.cluster_parts[4]
  cluster_name  = trimprefix(local.cluster_parts[5], "cluster/")
  services_arn  = "arn:${local.partition}:ecs:${local.region}:${local.account}:service/${local.cluster_name}/"
}

data "aws_iam_policy_document" "worker" {
  statement {
    sid = "TenantServices"
    actions = [
      "ecs:CreateService",
      "ecs:UpdateService",
      "ecs:DeleteService",
      "ecs:TagResource",
      "ecs:UntagResource",
    ]
    resources = ["${local.services_arn}${var.service_name_prefix}*"]
  }

  # Of the whole cluster: whoever looks for services without a tenant has to look at all.
  statement {
    sid       = "ReadServices"
    actions   = ["ecs:DescribeServices"]
    resources = ["${local.services_arn}*"]
  }

  statement {
    sid       = "ReadTheCluster"
    actions   = ["ecs:ListServices", "ecs:ListTasks", "ecs:DescribeTasks"]
    resources = ["*"]

    condition {
      test     = "ArnEquals"
      variable = "ecs:cluster"
      values   = [var.cluster_arn]
    }
  }

  statement {
    sid       = "ReadWhatServicesReferTo"
    actions   = ["ecs:DescribeTaskDefinition", "ec2:DescribeSubnets", "ec2:DescribeNetworkInterfaces"]
    resources = ["*"]
  }

  statement {
    sid       = "PassTheRolesOfTheTasks"
    actions   = ["iam:PassRole"]
    resources = var.passed_role_arns

    condition {
      test     = "StringEquals"
      variable = "iam:PassedToService"
      values   = ["ecs-tasks.amazonaws.com"]
    }
  }

  dynamic "statement" {
    for_each = var.read_load_balancers ? [true] : []
    content {
      sid = "AddressesBehindLoadBalancers"
      actions = [
        "elasticloadbalancing:DescribeTargetGroups",
        "elasticloadbalancing:DescribeLoadBalancers",
        "elasticloadbalancing:DescribeListeners",
      ]
      resources = ["*"]
    }
  }

  dynamic "statement" {
    for_each = var.read_cloud_map ? [true] : []
    content {
      sid       = "NamesInCloudMap"
      actions   = ["servicediscovery:GetService", "servicediscovery:GetNamespace"]
      resources = ["*"]
    }
  }

  dynamic "statement" {
    for_each = length(var.log_group_arns) > 0 ? [true] : []
    content {
      sid       = "LogsOfTheTasks"
      actions   = ["logs:GetLogEvents"]
      resources = [for arn in var.log_group_arns : "${trimsuffix(arn, ":*")}:*"]
    }
  }
}

resource "aws_iam_policy" "worker" {
  name        = var.role_name
  description = "Landlord: one ECS service per tenant in ${local.cluster_name}."
  policy      = data.aws_iam_policy_document.worker.json
  tags        = var.tags
}

data "aws_iam_policy_document" "trust" {
  dynamic "statement" {
    for_each = length(var.trusted_services) > 0 ? [true] : []
    content {
      actions = ["sts:AssumeRole"]

      principals {
        type        = "Service"
        identifiers = var.trusted_services
      }
    }
  }

  dynamic "statement" {
    for_each = length(var.trusted_principal_arns) > 0 ? [true] : []
    content {
      actions = ["sts:AssumeRole", "sts:TagSession"]

      principals {
        type        = "AWS"
        identifiers = var.trusted_principal_arns
      }

      dynamic "condition" {
        for_each = var.external_id == null ? [] : [true]
        content {
          test     = "StringEquals"
          variable = "sts:ExternalId"
          values   = [var.external_id]
        }
      }
    }
  }
}

resource "aws_iam_role" "worker" {
  count = var.create_role ? 1 : 0

  name               = var.role_name
  assume_role_policy = data.aws_iam_policy_document.trust.json
  tags               = var.tags
}

resource "aws_iam_role_policy_attachment" "worker" {
  count = var.create_role ? 1 : 0

  role       = aws_iam_role.worker[0].name
  policy_arn = aws_iam_policy.worker.arn
}
