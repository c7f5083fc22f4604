/** A proxy as companies have them: takes whole addresses for http, and CONNECT. */
import { createServer, request as ask, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

export class ForwardProxy {
  /** The hosts that were asked for, with their ports. */
  readonly asked: string[] = [];
  private readonly sockets = new Set<Socket>();

  private constructor(private readonly server: Server) {
    const keep = (socket: Socket) => {
      this.sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => this.sockets.delete(socket));
    };
    server.on('connection', keep);
    server.on('connect', ({ url = '' }, client: Socket, head: Buffer) => {
      this.asked.push(url);
      const [host, port] = url.split(':');
      const onward = connect(Number(port), host, () => {
        client.write('HTTP/1.1 200 Connection established\r\n\r\n');
        onward.write(head);
        onward.pipe(client).pipe(onward);
      });
      keep(onward);
    });
    server.on('request', (request, response) => {
      const url = new URL(request.url!);
      this.asked.push(url.host);
      const onward = ask(url, { method: request.method, headers: request.headers }, (answer) => {
        response.writeHead(answer.statusCode!, answer.headers);
        answer.pipe(response);
      });
      onward.on('error', () => response.destroy());
      request.pipe(onward);
    });
  }

  static async start(): Promise<ForwardProxy> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new ForwardProxy(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
