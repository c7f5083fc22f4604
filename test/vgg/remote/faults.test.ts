/** What goes wrong on the way, over real sockets: what can be mended is, and the rest is said in a sentence. */
import { describe, expect, it } from 'vitest';
import type { Fault, Seen } from '../../support/file-server.js';
import { expectLayers, IMPATIENT, RETRY, useServer } from './support.js';

const remote = useServer();

/** Done to the request for the second of four parts: 1.2 MB of a network that has begun to come. */
const SECOND = 1;

/** What comes over the wire for the seed's layers when nothing goes wrong. */
const BYTES = 2_224_688;

/** What a broken connection may have had under way, in the buffers of two systems. */
const UNDER_WAY = 200_000;

const once = (fault: Fault) => (_: Seen, n: number) => (n === SECOND ? fault : undefined);
const always = (fault: Fault) => (_: Seen, n: number) => (n >= SECOND ? fault : undefined);
const everything = (fault: Fault) => () => fault;
const retry = (fault: Fault) => (fault.stall === undefined ? RETRY : IMPATIENT);

describe('what happens once is gone over', () => {
  it.each<[string, Fault]>([
    ['a connection that drops', { drop: 300_000 }],
    ['one that drops before any byte', { drop: 0 }],
    ['one that stalls', { stall: 300_000 }],
    ['one that stalls before any byte', { stall: 0 }],
    ['an answer that ends too early', { end: 300_000 }],
    ['an answer that is empty', { end: 0 }],
    ['more than was asked for', { extra: 1000 }],
    ['a whole file for a part', { whole: true }],
    ['429 with Retry-After', { status: 429, headers: { 'retry-after': '0' } }],
    ['500', { status: 500 }],
    ['503 with a date', { status: 503, headers: { 'retry-after': new Date().toUTCString() } }],
    ['408', { status: 408 }],
  ])('%s', async (_, fault) => {
    remote.server.fault = once(fault);
    const { source, received, notices } = await remote.fetch({ retry: retry(fault) });
    await expectLayers(source, 'conv_5');
    // What had come is not fetched again.
    expect(received).toBeLessThan(BYTES + UNDER_WAY);
    expect(notices.length).toBeGreaterThanOrEqual(1);
    for (const notice of notices) {
      expect(notice).toMatch(/^127\.0\.0\.1:\d+: .+; trying again in 0\.0 seconds\.$/);
    }
  });

  it('a line that breaks every 100 kB, as long as something comes', async () => {
    remote.server.fault = everything({ drop: 100_000 });
    const { source, received, requests } = await remote.fetch();
    await expectLayers(source, 'conv_5');
    expect(requests).toBeGreaterThan(20);
    expect(received).toBeLessThan(BYTES + UNDER_WAY);
  });

  it('a server that asks for a second of patience', async () => {
    remote.server.fault = once({ status: 503, headers: { 'retry-after': '1' } });
    const { notices } = await remote.fetch();
    expect(notices).toEqual([expect.stringMatching(/busy \(503\); trying again in 1\.0 seconds\.$/)]);
  });
});

it('a server that takes every condition for unmet is asked without', async () => {
  remote.server.fault = ({ headers }) => ({ whole: 'if-range' in headers });
  const { source, received } = await remote.fetch();
  await expectLayers(source, 'conv_5');
  expect(received).toBe(BYTES);
});

describe('what does not end, ends in a sentence', () => {
  it.each<[string, (seen: Seen, n: number) => Fault | undefined, RegExp, number]>([
    ['404', everything({ status: 404 }), /there is no such file \(404\)/, 1],
    ['403', everything({ status: 403 }), /the server does not give it out \(403\)/, 1],
    ['401', everything({ status: 401 }), /nobody without a password \(401\)/, 1],
    ['418', everything({ status: 418 }), /answers with status 418/, 1],
    ['429', everything({ status: 429 }), /come again later \(429\)/, 5],
    ['500', everything({ status: 500 }), /at fault or busy \(500\)/, 5],
    [
      '503 for an hour',
      everything({ status: 503, headers: { 'retry-after': '3600' } }),
      /at fault or busy \(503\)/,
      1,
    ],
    ['404 under way', always({ status: 404 }), /there is no such file \(404\)/, 2],
    ['drops', always({ drop: 0 }), /the connection broke/, 6],
    ['a line that brings next to nothing', always({ drop: 1000 }), /the connection broke/, 6],
    ['stalls', always({ stall: 0 }), /nothing came for/, 6],
    ['early ends', always({ end: 0 }), /the server ended too early/, 6],
    ['whole files for parts', always({ whole: true }), /sends the whole file now/, 6],
    ['another part', everything({ shift: 8 }), /sends another part than it was asked for/, 1],
    ['compressed parts', everything({ headers: { 'content-encoding': 'br' } }), /sends it compressed/, 1],
    [
      'a file said to be larger',
      everything({ total: 575e6 }),
      /its tensors take \d+ bytes, but it has \d+/,
      1,
    ],
    [
      'a file said to be smaller',
      everything({ total: 573e6 }),
      /its tensors take \d+ bytes, but it has \d+/,
      1,
    ],
    ['a damaged header', everything({ corrupt: 9 }), /its header is not JSON/, 1],
    [
      'a loop of redirections',
      everything({ status: 302, headers: { location: '/again' } }),
      /the request fails \(redirect count exceeded\)/,
      21,
    ],
  ])('%s', async (name, fault, reason, requests) => {
    remote.server.fault = fault;
    const failure = await remote.fetch({ retry: name === 'stalls' ? IMPATIENT : RETRY }).catch(String);
    expect(failure).toMatch(reason);
    expect(failure).toMatch(/^FetchError: VGG-19 could not be fetched: http:.+; try again later, or /);
    expect(remote.server.requests).toHaveLength(requests);
  });
});
