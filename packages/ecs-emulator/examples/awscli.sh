#!/bin/sh
# A service's life with the AWS command line. First, in another terminal: npx ecs-emulator --speed 60
set -eu

# Never real AWS, whatever the shell was set up for: keys that open nothing, and an endpoint on this machine.
export AWS_ACCESS_KEY_ID=emulator AWS_SECRET_ACCESS_KEY=emulator AWS_PAGER=''
# The AWS command line reads the first of these in its version 1, either in its version 2.
export AWS_DEFAULT_REGION=us-east-1 AWS_REGION=us-east-1
export AWS_ENDPOINT_URL="${EMULATOR_URL:-http://127.0.0.1:4566}"
unset AWS_PROFILE AWS_SESSION_TOKEN AWS_ENDPOINT_URL_ECS 2>/dev/null || true

register() {
  aws ecs register-task-definition --family web --network-mode awsvpc --requires-compatibilities FARGATE \
    --cpu 256 --memory 512 \
    --container-definitions "[{\"name\":\"app\",\"image\":\"$1\",\"portMappings\":[{\"containerPort\":8080}]}]" \
    --query taskDefinition.taskDefinitionArn --output text
}

show() {
  aws ecs describe-services --cluster fleet --services shop --output text --query \
    'services[0].[status, taskDefinition, runningCount]'
}

echo '== A service, rolled out'
aws ecs create-cluster --cluster-name fleet --query cluster.status --output text
register shop:1
aws ecs create-service --cluster fleet --service-name shop --task-definition web --desired-count 2 \
  --launch-type FARGATE --network-configuration 'awsvpcConfiguration={subnets=[subnet-1],assignPublicIp=ENABLED}' \
  --deployment-configuration 'deploymentCircuitBreaker={enable=true,rollback=true}' \
  --query 'service.deployments[0].rolloutState' --output text
aws ecs wait services-stable --cluster fleet --services shop
show

echo '== A revision whose image cannot be pulled: the circuit breaker rolls it back'
register shop:broken
curl --fail --silent --show-error "$AWS_ENDPOINT_URL/_emulator/tasks" \
  --data '{"taskDefinition":"web:2","behaviour":{"kind":"pull_failure"}}' >/dev/null
aws ecs update-service --cluster fleet --service shop --task-definition web:2 \
  --query service.taskDefinition --output text
aws ecs wait services-stable --cluster fleet --services shop
show
aws ecs describe-services --cluster fleet --services shop --output text --query \
  'reverse(services[0].events[?contains(message, `roll`)].message)'

echo '== Deleted: it drains first'
aws ecs delete-service --cluster fleet --service shop --force --query service.status --output text
aws ecs wait services-inactive --cluster fleet --services shop
show
aws ecs delete-cluster --cluster fleet --query cluster.status --output text
