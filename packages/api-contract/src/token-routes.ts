import type { RouteDefinition } from './route-definition.ts'
import { tokenParams } from './route-parts.ts'
import { ApiToken, CreatedToken, CreateTokenRequest, ListTokensQuery, TokenList } from './schemas/access.ts'

/** Of API tokens. */
export const tokenRoutes = {
  createToken: {
    method: 'POST',
    path: '/v1/tokens',
    summary: 'Create an API token; the answer shows it once',
    tag: 'access',
    access: 'admin',
    body: CreateTokenRequest,
    responses: { 201: CreatedToken },
  },
  listTokens: {
    method: 'GET',
    path: '/v1/tokens',
    summary: 'List API tokens, newest first',
    tag: 'access',
    access: 'admin',
    query: ListTokensQuery,
    responses: { 200: TokenList },
  },
  getToken: {
    method: 'GET',
    path: '/v1/tokens/{token}',
    summary: 'Read what is kept of an API token',
    tag: 'access',
    access: 'admin',
    params: tokenParams,
    responses: { 200: ApiToken },
  },
  revokeToken: {
    method: 'DELETE',
    path: '/v1/tokens/{token}',
    summary: 'Revoke an API token; its record stays',
    tag: 'access',
    access: 'admin',
    params: tokenParams,
    responses: { 200: ApiToken },
  },
} as const satisfies Record<string, RouteDefinition>
