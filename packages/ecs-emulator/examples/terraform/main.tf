# A cluster and a service, waited for until they are steady. First, in another terminal: npx ecs-emulator --speed 20

terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

variable "endpoint" {
  description = "Where the emulator listens."
  type        = string
  default     = "http://127.0.0.1:4566"
}

variable "image" {
  type    = string
  default = "shop:1"
}

provider "aws" {
  region                      = "us-east-1"
  access_key                  = "emulator"
  secret_key                  = "emulator"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true

  endpoints {
    ec2 = var.endpoint
    ecs = var.endpoint
    sts = var.endpoint
  }
}

resource "aws_ecs_cluster" "fleet" {
  name = "fleet"

  setting {
    name  = "containerInsights"
    value = "enabled"
  }
}

resource "aws_ecs_cluster_capacity_providers" "fleet" {
  cluster_name       = aws_ecs_cluster.fleet.name
  capacity_providers = ["FARGATE", "FARGATE_SPOT"]
}

resource "aws_ecs_task_definition" "web" {
  family                   = "web"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 256
  memory                   = 512

  container_definitions = jsonencode([{
    name         = "app"
    image        = var.image
    portMappings = [{ containerPort = 8080 }]
    environment  = [{ name = "GREETING", value = "hello" }]
  }])
}

resource "aws_ecs_service" "shop" {
  name                  = "shop"
  cluster               = aws_ecs_cluster_capacity_providers.fleet.cluster_name
  task_definition       = aws_ecs_task_definition.web.arn
  desired_count         = 2
  launch_type           = "FARGATE"
  wait_for_steady_state = true
  propagate_tags        = "SERVICE"

  network_configuration {
    subnets          = ["subnet-00000000000000001"]
    security_groups  = ["sg-00000000000000001"]
    assign_public_ip = true
  }

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  tags = {
    team = "shop"
  }
}

output "service" {
  value = aws_ecs_service.shop.id
}
