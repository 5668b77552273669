import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect, createServer as createTcpServer } from 'node:net'
import { text } from 'node:stream/consumers'
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  DeleteListenerCommand,
  DeregisterTargetsCommand,
  DescribeLoadBalancersCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
  RegisterTargetsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { expect, it, onTestFinished } from 'vitest'
import { CREDENTIALS, present } from './__fixtures__/start-account.ts'
import { createRealClock } from './clock.ts'
import { createEmulator } from './emulator.ts'
import { createHttpServer } from './http-server.ts'
import { createLoadBalancerProxy } from './load-balancer-proxy.ts'
import { createWorld } from './world.ts'

/** A health check every 5 emulated seconds is one every 50 ms. */
const SPEED = 100
const patient = { timeout: 20_000, interval: 20 }

interface Front {
  readonly host: string
  readonly port: number
  readonly listenerArn: string
  readonly elb: ElasticLoadBalancingV2Client
  readonly register: (port: number) => Promise<void>
  readonly deregister: (port: number) => Promise<void>
  readonly states: () => Promise<string[]>
}

/** A load balancer that really serves, before targets on 127.0.0.1. */
async function startFront(protocol: 'HTTP' | 'TCP' = 'HTTP'): Promise<Front> {
  const emulator = createEmulator({
    account: { id: '000000000000', region: 'us-east-1' },
    clock: createRealClock({ speed: SPEED }),
    world: createWorld(),
    onChange: () => undefined,
    url: () => endpoint,
    createFrontEnd: createLoadBalancerProxy,
  })
  const api = createHttpServer(emulator)
  api.listen(0, '127.0.0.1')
  await once(api, 'listening')
  const endpoint = `http://127.0.0.1:${(api.address() as AddressInfo).port}`
  const elb = new ElasticLoadBalancingV2Client({ endpoint, region: 'us-east-1', credentials: CREDENTIALS })
  onTestFinished(async () => {
    elb.destroy()
    await emulator.frontEnd.close()
    api.closeAllConnections()
    api.close()
  })
  const Type = protocol === 'HTTP' ? 'application' : 'network'
  const { LoadBalancers } = await elb.send(
    new CreateLoadBalancerCommand({ Name: 'front', Subnets: ['subnet-1'], Type }),
  )
  const { TargetGroups } = await elb.send(
    new CreateTargetGroupCommand({
      Name: 'shop',
      Protocol: protocol,
      Port: 80,
      TargetType: 'ip',
      VpcId: 'vpc-1',
      HealthCheckIntervalSeconds: 5,
    }),
  )
  const TargetGroupArn = present(TargetGroups?.[0]?.TargetGroupArn)
  const port = await freePort()
  const { Listeners } = await elb.send(
    new CreateListenerCommand({
      LoadBalancerArn: LoadBalancers?.[0]?.LoadBalancerArn,
      Port: port,
      Protocol: protocol,
      DefaultActions: [{ Type: 'forward', TargetGroupArn }],
    }),
  )
  const at = (Port: number) => ({ TargetGroupArn, Targets: [{ Id: '127.0.0.1', Port }] })
  return {
    host: present(LoadBalancers?.[0]?.DNSName),
    port,
    listenerArn: present(Listeners?.[0]?.ListenerArn),
    elb,
    register: async (targetPort) => void (await elb.send(new RegisterTargetsCommand(at(targetPort)))),
    deregister: async (targetPort) => void (await elb.send(new DeregisterTargetsCommand(at(targetPort)))),
    states: async () => {
      const answer = await elb.send(new DescribeTargetHealthCommand({ TargetGroupArn }))
      return (answer.TargetHealthDescriptions ?? []).map(({ TargetHealth }) => TargetHealth?.State ?? '')
    },
  }
}

async function freePort(): Promise<number> {
  const server = createTcpServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}

/** Answers its name; with a status of one's choice to health checks, which ask for `/`. */
async function startTarget(name: string, healthStatus = () => 200): Promise<{ server: Server; port: number }> {
  const server = createServer((request, response) => {
    response.statusCode = request.url === '/' ? healthStatus() : 200
    response.end(name)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { server, port: (server.address() as AddressInfo).port }
}

/** One request over a connection of its own. */
async function ask({ host, port }: Front): Promise<string> {
  const socket = connect(port, host)
  socket.write(`GET /name HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`)
  const answer = await text(socket)
  return answer.startsWith('HTTP/1.1 200')
    ? (answer.split('\r\n').find((line) => /^(one|two)$/.test(line)) ?? '')
    : answer.slice(9, 12)
}

it('serves healthy targets in turn, and 503 while there is none', async () => {
  const front = await startFront()
  expect(await ask(front)).toBe('503')
  const [one, two] = [await startTarget('one'), await startTarget('two')]
  await front.register(one.port)
  await front.register(two.port)
  await expect.poll(front.states, patient).toEqual(['healthy', 'healthy'])
  const heard = [await ask(front), await ask(front), await ask(front), await ask(front)]
  expect(heard.toSorted()).toEqual(['one', 'one', 'two', 'two'])
})

it('never sends anybody to a target that fails its health checks', async () => {
  const front = await startFront()
  let status = 500
  const one = await startTarget('one', () => status)
  await front.register(one.port)
  await expect.poll(front.states, patient).toEqual(['unhealthy'])
  expect(await ask(front)).toBe('503')
  status = 200
  await expect.poll(front.states, patient).toEqual(['healthy'])
  expect(await ask(front)).toBe('one')
  status = 500
  await expect.poll(front.states, patient).toEqual(['unhealthy'])
})

it('sends new connections past a draining target, and leaves the open ones to it', async () => {
  const front = await startFront('TCP')
  const echo = createTcpServer((socket) => void socket.pipe(socket))
  echo.listen(0, '127.0.0.1')
  await once(echo, 'listening')
  onTestFinished(() => void echo.close())
  const { port } = echo.address() as AddressInfo
  await front.register(port)
  await expect.poll(front.states, patient).toEqual(['healthy'])
  const socket = connect(front.port, front.host)
  const say = async (word: string): Promise<string> => {
    socket.write(word)
    const [chunk] = (await once(socket, 'data')) as [Buffer]
    return chunk.toString()
  }
  expect(await say('before')).toBe('before')
  await front.deregister(port)
  const refused = connect(front.port, front.host)
  expect(await text(refused)).toBe('')
  expect(await say('after')).toBe('after')
  socket.end()
  await once(socket, 'close')
})

it('tries the next target when one has just gone', async () => {
  const front = await startFront()
  const [one, two] = [await startTarget('one'), await startTarget('two')]
  await front.register(one.port)
  await front.register(two.port)
  await expect.poll(front.states, patient).toEqual(['healthy', 'healthy'])
  one.server.closeAllConnections()
  one.server.close()
  expect([await ask(front), await ask(front)]).toEqual(['two', 'two'])
})

it('stops listening when the listener is deleted', async () => {
  const front = await startFront()
  expect(await ask(front)).toBe('503')
  await front.elb.send(new DeleteListenerCommand({ ListenerArn: front.listenerArn }))
  await expect(ask(front)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
})

it('says which listeners it cannot serve', async () => {
  const front = await startFront('TCP')
  const { LoadBalancers } = await front.elb.send(
    new CreateLoadBalancerCommand({ Name: 'other', Subnets: ['subnet-1'], Type: 'network' }),
  )
  const { TargetGroups } = await front.elb.send(
    new CreateTargetGroupCommand({ Name: 'names', Protocol: 'UDP', Port: 53, TargetType: 'ip', VpcId: 'vpc-1' }),
  )
  const udp = new CreateListenerCommand({
    LoadBalancerArn: LoadBalancers?.[0]?.LoadBalancerArn,
    Port: 5353,
    Protocol: 'UDP',
    DefaultActions: [{ Type: 'forward', TargetGroupArn: TargetGroups?.[0]?.TargetGroupArn }],
  })
  await expect(front.elb.send(udp)).rejects.toThrow('serve HTTP and TCP only, not UDP')
})

it('says that a load balancer failed whose port is taken', async () => {
  const { elb } = await startFront()
  const { LoadBalancers } = await elb.send(new CreateLoadBalancerCommand({ Name: 'late', Subnets: ['subnet-1'] }))
  const { DNSName = '', LoadBalancerArn } = LoadBalancers?.[0] ?? {}
  const taken = createTcpServer()
  taken.listen(0, DNSName)
  await once(taken, 'listening')
  onTestFinished(() => void taken.close())
  const { TargetGroups } = await elb.send(
    new CreateTargetGroupCommand({ Name: 'late', Protocol: 'HTTP', Port: 80, TargetType: 'ip', VpcId: 'vpc-1' }),
  )
  await elb.send(
    new CreateListenerCommand({
      LoadBalancerArn,
      Port: (taken.address() as AddressInfo).port,
      Protocol: 'HTTP',
      DefaultActions: [{ Type: 'forward', TargetGroupArn: TargetGroups?.[0]?.TargetGroupArn }],
    }),
  )
  const state = async () =>
    (await elb.send(new DescribeLoadBalancersCommand({ Names: ['late'] }))).LoadBalancers?.[0]?.State
  await expect.poll(state, patient).toMatchObject({ Code: 'failed', Reason: expect.stringContaining('EADDRINUSE') })
})

it('reaches nothing but this machine', async () => {
  const { elb } = await startFront()
  const { TargetGroups } = await elb.send(new DescribeTargetGroupsCommand({ Names: ['shop'] }))
  const TargetGroupArn = TargetGroups?.[0]?.TargetGroupArn
  for (const Id of ['192.0.2.1', '2001:db8::1']) {
    const register = new RegisterTargetsCommand({ TargetGroupArn, Targets: [{ Id, Port: 80 }] })
    await expect(elb.send(register)).rejects.toMatchObject({
      name: 'InvalidTargetException',
      message: expect.stringContaining('127.0.0.0/8'),
    })
  }
})

it('listens no more once it is closed', async () => {
  const world = createWorld()
  const emulator = createEmulator({
    account: { id: '000000000000', region: 'us-east-1' },
    clock: createRealClock(),
    world,
    onChange: () => undefined,
    url: () => '',
    createFrontEnd: createLoadBalancerProxy,
  })
  const port = await freePort()
  const balancer = { arn: 'balancer', name: 'front', type: 'network', scheme: 'internal', createdAt: 0 } as const
  world.loadBalancers.balancer = { ...balancer, subnets: [], securityGroups: [], dnsName: '127.0.0.1' }
  world.listeners.one = { arn: 'one', loadBalancerArn: 'balancer', port, protocol: 'TCP', targetGroupArns: [] }
  const reach = async () => await once(connect(port, '127.0.0.1'), 'connect')
  emulator.changed()
  await reach()
  await emulator.frontEnd.close()
  // As the last state is saved.
  emulator.changed()
  await expect(reach()).rejects.toThrow('ECONNREFUSED')
})
