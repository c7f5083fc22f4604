/** How much comes over the wire, counted by a server of full-size files. */
import { describe, expect, it } from 'vitest';
import { pytorchFile, timmFile } from '../../support/vgg19-file.js';
import { expectLayers, useServer } from './support.js';

/** float32 weights and biases of the seed's five convolutions. */
const SEED_BYTES =
  4 * (3 * 64 + 64 * 64 + 64 * 128 + 128 * 128 + 128 * 256) * 9 + 4 * (64 + 64 + 128 + 128 + 256);

describe.each([
  ['safetensors', timmFile(), 4],
  ['zip of PyTorch', pytorchFile('zip'), 5],
  ['file of PyTorch before 1.6', pytorchFile('legacy'), 3],
])('a full-size %s', (_, file, requests) => {
  const remote = useServer(file);

  it(`gives the seed's five convolutions for 2.3 MB in ${requests} requests over one connection`, async () => {
    expect(file.size).toBeGreaterThan(574e6);
    const { source, received } = await remote.fetch({ layers: ['conv_5'] });
    await expectLayers(source, 'conv_5');
    const { server } = remote;
    expect(server.requests).toHaveLength(requests);
    expect(server.connections).toBe(1);
    expect(server.sent).toBe(received);
    expect(received).toBeGreaterThanOrEqual(SEED_BYTES);
    // With all headers of HTTP.
    expect(server.wire).toBeLessThan(2.31e6);
  });

  it('gives all sixteen', async () => {
    const { source } = await remote.fetch({ layers: ['conv5_4'] });
    await expectLayers(source, 'conv5_4');
    // 20,024,384 parameters, and what is around them.
    expect(remote.server.sent).toBeLessThan(4 * 20_024_384 + 100_000);
  });
});
