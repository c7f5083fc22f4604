import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/errors.js';
import { unpickle } from '../../src/vgg/pickle.js';
import { PickleDict, PickleTuple } from '../../src/vgg/pickle-value.js';
import type { PickleHost, PickleValue } from '../../src/vgg/pickle-value.js';

const host: PickleHost = {
  allows: (name) => name === 'test.list',
  call: (_, args) => [...args],
  persistent: (id) => ['persistent', id],
};

/** Characters as bytes, which is how pickletools shows opcodes. */
function run(...codes: (string | readonly number[])[]): PickleValue {
  const bytes = codes.flatMap((code) =>
    typeof code === 'string' ? [...code].map((c) => c.charCodeAt(0)) : [...code],
  );
  return unpickle('some.pth', Uint8Array.from(bytes), host);
}

describe('unpickle', () => {
  it.each<[string, PickleValue, (string | number[])[]]>([
    ['None', null, ['N.']],
    ['True', true, [[0x88], '.']],
    ['False', false, [[0x89], '.']],
    ['BININT1', 200, ['K', [200], '.']],
    ['BININT2', 0x1234, ['M', [0x34, 0x12], '.']],
    ['BININT', -2, ['J', [0xfe, 0xff, 0xff, 0xff], '.']],
    ['LONG1 of no byte', 0, [[0x8a, 0], '.']],
    ['LONG1, negative', -256, [[0x8a, 2, 0x00, 0xff], '.']],
    ['LONG1 of 2^40', 2 ** 40, [[0x8a, 6, 0, 0, 0, 0, 0, 1], '.']],
    ['LONG1 beyond 2^53', 2n ** 62n, [[0x8a, 8, 0, 0, 0, 0, 0, 0, 0, 0x40], '.']],
    ['LONG1 of 9 bytes', -(2n ** 71n), [[0x8a, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0x80], '.']],
    ['BINFLOAT', -0.5, ['G', [0xbf, 0xe0, 0, 0, 0, 0, 0, 0], '.']],
    ['BINUNICODE', 'é', ['X', [2, 0, 0, 0, 0xc3, 0xa9], '.']],
    ['a list', [1, 2], ['](K', [1], 'K', [2], 'e.']],
    ['APPEND', [1], [']K', [1], 'a.']],
    ['tuples', new PickleTuple([new PickleTuple([1]), new PickleTuple([])]), ['(K', [1, 0x85], ')t.']],
    ['a value used twice', new PickleTuple([[], []]), [']q', [7], 'h', [7, 0x86], '.']],
    ['a call of what the host allows', [5], ['ctest\nlist\nK', [5, 0x85], 'R.']],
    ['a persistent id', ['persistent', 5], ['K', [5], 'Q.']],
  ])('gives %s', (_, value, codes) => {
    expect(run(...codes)).toEqual(value);
  });

  it('keeps the order of a dict, and gives it the last value of a key', () => {
    const dict = run('}(U', [1], 'bK', [1], 'U', [1], 'aK', [2], 'U', [1], 'bK', [3], 'u.');
    expect(dict).toBeInstanceOf(PickleDict);
    expect(dict instanceof PickleDict && [...dict.items]).toEqual([
      ['b', 3],
      ['a', 2],
    ]);
  });

  it.each<[string, string, (string | number[])[]]>([
    ['a global that the host does not allow', 'asks for "os.system"', ['cos\nsystem\n)R.']],
    ['the same on the stack', 'asks for "os.system"', ['U', [2], 'osU', [6], 'system', [0x93], ')R.']],
    ['a global that is only mentioned', 'asks for "os.system"', ['cos\nsystem\n.']],
    ['protocol 0’s calls', 'operation 0x69', ['(ios\nsystem\n.']],
    ['NEWOBJ', 'operation 0x81', ['ctest\nlist\n)', [0x81], '.']],
    ['EXT1', 'operation 0x82', [[0x82, 1], '.']],
    ['a call of a value', 'no global', ['K', [1], ')R.']],
    ['no end', 'ends too early', ['N']],
    ['text beyond the end', 'ends too early', ['X', [255, 255, 255, 255], 'abc.']],
    ['a name without an end', 'ends too early', ['cos']],
    ['an empty stack', 'more values than it gave', ['.']],
    ['values from below a mark', 'more values than it gave', ['N(.']],
    ['a tuple of more than there is', 'more values than it gave', ['N', [0x87], '.']],
    ['a mark that is missing', 'did not open', ['t.']],
    ['a memo that is empty', 'did not give', ['h', [3], '.']],
    ['an item in a list', 'no dict', [']NNs.']],
    ['an append to a dict', 'no list', ['}Na.']],
    ['half an item', 'without a value', ['}(Nu.']],
    ['a list as a key', 'neither text nor a number', ['}]Ns.']],
    ['state for a list', 'no dict', [']Nb.']],
  ])('refuses %s', (_, sentence, codes) => {
    expect(() => run(...codes)).toThrow(UserError);
    expect(() => run(...codes)).toThrow(sentence);
    expect(() => run(...codes)).toThrow('some.pth');
  });
});
