import { describe, expect, test } from 'vitest';
import { hasSuite, parseDeb822, parseList, stanzaBeside } from '../../scripts/setup/apt-sources.mjs';

const DEB822 = `Types: deb
# http://snapshot.example.org/archive/20250520T000000Z
URIs: http://mirror.example.org/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://mirror.example.org/debian-security
Suites: bookworm-security
Components: main
`;

describe('the one-line format', () => {
  test('options, several components, comments and blank lines', () => {
    const text = `# deb http://old.example.org/debian bookworm main

deb [arch=amd64,arm64 signed-by=/keys/a.gpg trusted=yes] http://mirror.example.org/debian bookworm main contrib # ours
deb-src http://mirror.example.org/debian bookworm main
`;
    expect(parseList(text)).toEqual([
      {
        types: ['deb'],
        uris: ['http://mirror.example.org/debian'],
        suites: ['bookworm'],
        components: ['main', 'contrib'],
        options: { Architectures: 'amd64 arm64', 'Signed-By': '/keys/a.gpg', Trusted: 'yes' },
      },
      {
        types: ['deb-src'],
        uris: ['http://mirror.example.org/debian'],
        suites: ['bookworm'],
        components: ['main'],
        options: {},
      },
    ]);
  });
});

describe('the deb822 format', () => {
  test('several suites, comments inside a stanza, several stanzas', () => {
    const sources = parseDeb822(DEB822);
    expect(sources.map(({ suites }) => suites)).toEqual([
      ['bookworm', 'bookworm-updates'],
      ['bookworm-security'],
    ]);
    expect(sources[0]!.options).toEqual({ 'Signed-By': '/usr/share/keyrings/debian-archive-keyring.gpg' });
  });

  test('a stanza that is switched off does not count', () => {
    const text = `Enabled: no\n${DEB822}`;
    expect(parseDeb822(text).map(({ suites }) => suites)).toEqual([['bookworm-security']]);
  });

  test('an embedded key keeps its lines', () => {
    const key = '\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n abcd\n -----END PGP PUBLIC KEY BLOCK-----';
    const text = `Types: deb\nURIs: http://m.example.org/debian\nSuites: bookworm\nComponents: main\nSigned-By:${key}\n`;
    expect(parseDeb822(text)[0]!.options).toEqual({ 'Signed-By': key });
  });
});

describe('adding backports', () => {
  test('takes the mirror and key of the suite itself, not those of its security updates', () => {
    const stanza = stanzaBeside(parseDeb822(DEB822).reverse(), 'bookworm-backports', 'bookworm');
    expect(stanza).toBe(
      [
        'Types: deb',
        'URIs: http://mirror.example.org/debian',
        'Suites: bookworm-backports',
        'Components: main',
        'Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg',
        '',
      ].join('\n'),
    );
  });

  test('what it writes reads back as the suite, from either format', () => {
    const line = 'deb [arch=amd64 signed-by=/keys/a.gpg] http://mirror.example.org/debian bookworm main';
    const written = parseDeb822(stanzaBeside(parseList(line), 'bookworm-backports', 'bookworm') ?? '');
    expect(hasSuite(written, 'bookworm-backports')).toBe(true);
    expect(hasSuite(written, 'bookworm')).toBe(false);
    expect(written[0]!.options).toEqual({ Architectures: 'amd64', 'Signed-By': '/keys/a.gpg' });
  });

  test('is not done for source packages or other components', () => {
    expect(
      hasSuite(parseList('deb-src http://m.example.org/d bookworm-backports main'), 'bookworm-backports'),
    ).toBe(false);
    expect(
      hasSuite(parseList('deb http://m.example.org/d bookworm-backports contrib'), 'bookworm-backports'),
    ).toBe(false);
    expect(
      stanzaBeside(parseList('deb http://m.example.org/d trixie main'), 'b', 'bookworm'),
    ).toBeUndefined();
  });
});
