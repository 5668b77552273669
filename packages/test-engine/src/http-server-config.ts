/**
 * The part of a container's configuration that makes the test image answer over HTTP: `GET /` on the port gives the value of
 * `GREETING`. `exec` hands PID 1 to the server, so that a stop is quick.
 */
export function httpServerConfig(port = 8080): { command: string[]; args: string[] } {
  const script = `mkdir -p /tmp/www && echo "$GREETING" > /tmp/www/index.html && exec httpd -f -p ${port} -h /tmp/www`
  return { command: ['sh', '-c'], args: [script] }
}
