/** A server of one file, over real sockets, that can do all that goes wrong on the way. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { VirtualFile } from './vgg19-file.js';

/** What is done to one answer. Bytes are those of its body. */
export interface Fault {
  /** Answers with this status and nothing else. */
  status?: number;
  headers?: Record<string, string>;
  /** Takes the connection down after so many bytes. */
  drop?: number;
  /** Sends no more after so many bytes, and keeps the connection. */
  stall?: number;
  /** Ends in good order after so many bytes, of an answer without a length. */
  end?: number;
  /** Sends the whole file though a part was asked for. */
  whole?: boolean;
  /** Says in Content-Range that the file has so many bytes. */
  total?: number;
  /** Sends a part that begins so many bytes later. */
  shift?: number;
  /** Sends so many bytes more than the part has, without a length. */
  extra?: number;
  /** Changes the byte at this place of the file. */
  corrupt?: number;
  /** Waits so many milliseconds after each 64 KiB. */
  slow?: number;
}

export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly range: string | undefined;
  readonly headers: IncomingMessage['headers'];
}

const CHUNK = 64 * 1024;

export class FileServer {
  readonly requests: Seen[] = [];
  /** Bytes of bodies. */
  sent = 0;
  etag: string | undefined = '"one"';
  ranges = true;
  /** Asked for each request, which is the n-th from 0. */
  fault: (seen: Seen, n: number) => Fault | undefined = () => undefined;

  private readonly sockets = new Set<Socket>();
  private past = 0;

  private constructor(
    public file: VirtualFile,
    private readonly server: ReturnType<typeof createServer>,
  ) {
    server.on('request', (request, response) => void this.answer(request, response));
    server.on('connection', (socket) => {
      this.connections += 1;
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.past += socket.bytesWritten;
        this.sockets.delete(socket);
      });
    });
  }

  connections = 0;

  static async start(file: VirtualFile): Promise<FileServer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new FileServer(file, server);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  url(path = '/model.safetensors'): string {
    return `http://127.0.0.1:${this.port}${path}`;
  }

  /** All that has left, headers too. */
  get wire(): number {
    return [...this.sockets].reduce((sum, socket) => sum + socket.bytesWritten, this.past);
  }

  /** Forgets what has been seen and sent. */
  reset(): void {
    this.requests.length = 0;
    this.sent = 0;
    this.connections = 0;
    this.past = -[...this.sockets].reduce((sum, socket) => sum + socket.bytesWritten, 0);
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url: path = '', headers } = request;
    const seen = { method, path, range: headers.range, headers };
    const n = this.requests.push(seen) - 1;
    const fault = this.fault(seen, n) ?? {};
    if (fault.status !== undefined) {
      response.writeHead(fault.status, fault.headers).end();
      return;
    }
    const { size } = this.file;
    const changed = !['', this.etag, fault.headers?.['last-modified']].includes(
      String(headers['if-range'] ?? ''),
    );
    const [, first, last] =
      (this.ranges && !changed && !fault.whole && /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '')) || [];
    const partial = first !== undefined && last !== undefined;
    const begin = (partial ? Number(first) : 0) + (fault.shift ?? 0);
    const end = (partial ? Math.min(Number(last) + 1, size) : size) + (fault.extra ?? 0);
    const unknown = fault.end !== undefined || fault.extra !== undefined;
    response.writeHead(partial ? 206 : 200, {
      ...(unknown ? {} : { 'content-length': end - begin }),
      ...(partial
        ? { 'content-range': `bytes ${begin}-${end - (fault.extra ?? 0) - 1}/${fault.total ?? size}` }
        : {}),
      ...(this.etag === undefined ? {} : { etag: this.etag }),
      ...fault.headers,
    });
    if (method === 'HEAD') response.end();
    else await this.body(response, begin, end, fault);
  }

  private async body(response: ServerResponse, begin: number, end: number, fault: Fault): Promise<void> {
    const cut = fault.drop ?? fault.stall ?? fault.end ?? Infinity;
    for (let at = begin; at < end && at - begin < cut && !response.destroyed;) {
      const next = Math.min(at + CHUNK, end, begin + cut);
      const bytes = this.file.read(at, next);
      const { corrupt } = fault;
      if (corrupt !== undefined && corrupt >= at && corrupt < next) bytes[corrupt - at]! ^= 0xff;
      this.sent += bytes.length;
      const taken = response.write(bytes);
      if (!taken) await drained(response);
      if (fault.slow !== undefined) await new Promise((resolve) => setTimeout(resolve, fault.slow));
      at = next;
    }
    if (fault.stall !== undefined) return;
    // What is written has to leave before the connection goes.
    if (fault.drop !== undefined) setTimeout(() => response.socket?.destroy(), 5);
    else response.end();
  }
}

/** An address of this machine that nobody answers at. */
export async function refusedUrl(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}/model.safetensors`;
}

/** That there is room again, or nobody who would read. */
function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
  });
}
