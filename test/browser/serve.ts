import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import sirv from 'sirv';
import { afterAll, beforeAll } from 'vitest';

export interface Served {
  /** Such as http://localhost:40123/: a secure origin, so that pages there have WebGPU. */
  readonly url: string;
  close(): Promise<void>;
}

/** Serves the files of a folder on a free port of this machine, as they are at each request. */
export async function serveFolder(folder: string): Promise<Served> {
  const files = sirv(folder, {
    dev: true,
    onNoMatch: (request, response) => {
      // Browsers ask for this one by themselves.
      response.writeHead(request.url === '/favicon.ico' ? 204 : 404).end();
    },
  });
  const server = createServer((request, response) => files(request, response));
  server.listen(0, 'localhost');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://localhost:${port}/`,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/**
 * A folder served to a test file's pages, from before its first test to after its last. Call at the top level.
 *
 * @param folder or what makes one, such as a build into a temporary folder
 */
export function useFolder(folder: string | (() => Promise<string>)): () => string {
  let served: Served | undefined;
  beforeAll(async () => {
    served = await serveFolder(typeof folder === 'string' ? folder : await folder());
  });
  afterAll(() => served?.close());
  return () => {
    if (!served) throw new Error('the server is there only while tests run');
    return served.url;
  };
}
