import { type RouteDefinition, routes } from '@landlord/api-contract'

const patterns = Object.entries(routes as Readonly<Record<string, RouteDefinition>>)
  // A path without parameters goes before one that has them in the same place.
  .toSorted(([, left], [, right]) => parameters(left.path) - parameters(right.path))
  .map(([name, { method, path }]) => ({
    name,
    method,
    pattern: new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`),
  }))

/** The name of the route that answers there. */
export function findRoute(method: string, path: string): string | undefined {
  return patterns.find((route) => route.method === method && route.pattern.test(path))?.name
}

function parameters(path: string): number {
  return path.split('{').length
}
