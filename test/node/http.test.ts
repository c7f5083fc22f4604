import { createServer, type AddressInfo, type Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { openHttp } from '../../src/node/http.js';

/** Several times what is taken ahead of the reader. */
const BODY = Buffer.from(Array.from({ length: 2 ** 20 }, (_, i) => i % 251));

let server: Server | undefined;
afterEach(() => void server?.close());

/** Answers each request so and hangs up; what it listens on. */
async function listen(...answer: readonly (string | Buffer)[]): Promise<string> {
  server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => {
      for (const part of answer) socket.write(part);
      socket.end();
    });
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

async function readSlowly(url: string): Promise<Buffer> {
  const http = await openHttp();
  try {
    const { signal } = new AbortController();
    const response = await http.fetch(url, { method: 'GET', headers: {}, signal, cache: 'no-store' });
    const reader = response.body?.getReader();
    const parts: Uint8Array[] = [];
    for (let next = await reader?.read(); next?.value; next = await reader?.read()) {
      parts.push(next.value);
      await sleep(10);
    }
    return Buffer.concat(parts);
  } finally {
    await http.close();
  }
}

describe('a server that hangs up before its answer has been read', () => {
  it('has sent all of it, whether it says how much that is or not', async () => {
    const old = await listen('HTTP/1.0 200 OK\r\n', `Content-Length: ${BODY.length}\r\n\r\n`, BODY);
    expect((await readSlowly(old)).equals(BODY)).toBe(true);
    server?.close();
    const silent = await listen('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n', BODY);
    expect((await readSlowly(silent)).equals(BODY)).toBe(true);
  });

  it('has not, and that is an error', async () => {
    const short = await listen('HTTP/1.0 200 OK\r\n', `Content-Length: ${BODY.length + 1}\r\n\r\n`, BODY);
    await expect(readSlowly(short)).rejects.toThrow();
  });
});
