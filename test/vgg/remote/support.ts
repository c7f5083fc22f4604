import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { type Http, openHttp } from '../../../src/node/http.js';
import { layersUpTo } from '../../../src/vgg/layers.js';
import { fetchVgg19, type FetchVgg19Options, memoryStore } from '../../../src/vgg/remote/index.js';
import type { WeightSource } from '../../../src/vgg/weights.js';
import { FileServer } from '../../support/file-server.js';
import { tensorValues, timmFile, type VirtualFile } from '../../support/vgg19-file.js';

/** As the real one, in a hurry. */
export const RETRY = { firstDelay: 1, longestDelay: 4, stall: 10_000 };

/** For what brings nothing. A machine under load may take as long for what it does bring. */
export const IMPATIENT = { ...RETRY, stall: 300 };

/** A server of one file for the tests of a file, with a client as the command line has it. */
export function useServer(file: VirtualFile = timmFile()) {
  let server: FileServer;
  let http: Http;
  beforeAll(async () => {
    server = await FileServer.start(file);
    http = await openHttp();
  });
  afterEach(() => {
    server.reset();
    Object.assign(server, { file, etag: '"one"', ranges: true, fault: () => undefined });
  });
  afterAll(async () => {
    await http.close();
    await server.stop();
  });
  return {
    get server() {
      return server;
    },
    /** Fetches from the server into a store of its own, and keeps what is said on the way. */
    async fetch(options: Partial<FetchVgg19Options> = {}) {
      const notices: string[] = [];
      const store = options.store ?? memoryStore();
      const fetched = await fetchVgg19({
        fetch: http.fetch,
        from: [server.url()],
        retry: RETRY,
        ifRange: true,
        onNotice: (sentence) => notices.push(sentence),
        ...options,
        store,
      });
      return { ...fetched, notices, store };
    },
  };
}

/** That a source has VGG-19's convolutions up to a layer, with the numbers of the virtual files. */
export async function expectLayers(source: WeightSource, deepest: string): Promise<void> {
  for (const { kind, index, inChannels, outChannels } of layersUpTo([deepest])) {
    if (kind !== 'conv') continue;
    for (const [end, count] of [
      ['weight', outChannels * inChannels * 9],
      ['bias', outChannels],
    ] as const) {
      const name = `features.${index}.${end}`;
      const values = await source.read(name);
      expect(values.length, name).toBe(count);
      expect(Buffer.from(values.buffer).equals(bytesOf(tensorValues(name, count))), name).toBe(true);
    }
  }
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
