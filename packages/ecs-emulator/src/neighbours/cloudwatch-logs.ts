import { filterLogEvents } from './cloudwatch-logs/filter-log-events.ts'
import { getLogEvents, putLogEvents } from './cloudwatch-logs/log-events.ts'
import {
  createLogGroup,
  deleteLogGroup,
  deleteRetentionPolicy,
  describeLogGroups,
  listTagsForResource,
  putRetentionPolicy,
  tagResource,
  untagResource,
} from './cloudwatch-logs/log-groups.ts'
import { createLogStream, deleteLogStream, describeLogStreams } from './cloudwatch-logs/log-streams.ts'
import type { JsonNeighbour, JsonOperation } from './json-neighbour.ts'

const reading = (run: JsonOperation['run']): JsonOperation => ({ reads: true, run })
const writing = (run: JsonOperation['run']): JsonOperation => ({ reads: false, run })

export const CLOUDWATCH_LOGS: JsonNeighbour = {
  target: 'Logs_20140328',
  operations: {
    CreateLogGroup: writing(createLogGroup),
    DeleteLogGroup: writing(deleteLogGroup),
    DescribeLogGroups: reading(describeLogGroups),
    PutRetentionPolicy: writing(putRetentionPolicy),
    DeleteRetentionPolicy: writing(deleteRetentionPolicy),
    ListTagsForResource: reading(listTagsForResource),
    TagResource: writing(tagResource),
    UntagResource: writing(untagResource),
    CreateLogStream: writing(createLogStream),
    DeleteLogStream: writing(deleteLogStream),
    DescribeLogStreams: reading(describeLogStreams),
    PutLogEvents: writing(putLogEvents),
    GetLogEvents: reading(getLogEvents),
    FilterLogEvents: reading(filterLogEvents),
  },
}
