// Reads apt's sources in both of their formats, to add a suite from the mirror that a machine already uses.
// Formats: sources.list(5).

/**
 * @typedef {{ types: string[], uris: string[], suites: string[], components: string[],
 *   options: Record<string, string> }} AptSource
 *   `options` holds the other deb822 fields that matter for fetching, such as Signed-By, as written
 */

// In the one-line format an option is called like the deb822 field in lower case, but for these.
/** @type {Record<string, string>} */
const FIELD_OF_OPTION = { arch: 'Architectures', lang: 'Languages', target: 'Targets' };
const PARSED_FIELDS = new Set(['Types', 'URIs', 'Suites', 'Components', 'Enabled']);

const words = (/** @type {string | undefined} */ text) => (text ?? '').split(/\s+/).filter(Boolean);
const fieldName = (/** @type {string} */ option) =>
  FIELD_OF_OPTION[option] ?? option.replace(/(^|-)[a-z]/g, (letters) => letters.toUpperCase());

/**
 * @param {string} line
 * @returns {AptSource | undefined}
 */
function parseLine(line) {
  const match = /^\s*(deb(?:-src)?)\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s*([^#]*)/.exec(line);
  if (!match) return undefined;
  const [, type = '', bracket, uri = '', suite = '', components] = match;
  /** @type {Record<string, string>} */
  const options = {};
  for (const option of words(bracket)) {
    const [, name, value] = /^([a-z-]+)[+-]?=(.*)$/.exec(option) ?? [];
    if (name && value) options[fieldName(name)] = value.replaceAll(',', ' ');
  }
  return { types: [type], uris: [uri], suites: [suite], components: words(components), options };
}

/**
 * @param {string} text the contents of a `.list` file
 * @returns {AptSource[]}
 */
export function parseList(text) {
  return text.split('\n').flatMap((line) => parseLine(line) ?? []);
}

/**
 * @param {string} stanza
 * @returns {AptSource | undefined}
 */
function parseStanza(stanza) {
  // A line that starts with a blank goes on with the field above: an embedded key, most often.
  const fields = stanza.matchAll(/^([A-Za-z][A-Za-z-]*):[ \t]*(.*(?:\n[ \t].*)*)/gm);
  /** @type {Record<string, string>} */
  const options = {};
  /** @type {Record<string, string>} */
  const parsed = {};
  for (const [, name = '', value = ''] of fields) {
    const canonical = [...PARSED_FIELDS].find((field) => field.toLowerCase() === name.toLowerCase());
    if (canonical) parsed[canonical] = value;
    else options[name] = value.trimEnd();
  }
  if (!parsed['URIs'] || /^(no|false|off|0|without|disable)$/i.test(parsed['Enabled']?.trim() ?? '')) {
    return undefined;
  }
  return {
    types: words(parsed['Types']),
    uris: words(parsed['URIs']),
    suites: words(parsed['Suites']),
    components: words(parsed['Components']),
    options,
  };
}

/**
 * @param {string} text the contents of a deb822 `.sources` file
 * @returns {AptSource[]} its stanzas, without those that are switched off
 */
export function parseDeb822(text) {
  const uncommented = text
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('\n');
  return uncommented.split(/\n[ \t]*\n/).flatMap((stanza) => parseStanza(stanza) ?? []);
}

/**
 * @param {AptSource[]} sources
 * @param {string} suite
 * @returns {boolean} whether binary packages of the suite's main component are among the sources
 */
export function hasSuite(sources, suite) {
  return sources.some(
    ({ types, suites, components }) =>
      types.includes('deb') && suites.includes(suite) && components.includes('main'),
  );
}

/**
 * A deb822 stanza for another suite on the mirror that already serves `besideSuite`, with the same keys and
 * options.
 *
 * @param {AptSource[]} sources
 * @param {string} suite such as bookworm-backports
 * @param {string} besideSuite such as bookworm
 * @returns {string | undefined} undefined if no source serves `besideSuite`
 */
export function stanzaBeside(sources, suite, besideSuite) {
  const model = sources.find((source) => hasSuite([source], besideSuite));
  if (!model) return undefined;
  const lines = [
    'Types: deb',
    `URIs: ${model.uris.join(' ')}`,
    `Suites: ${suite}`,
    'Components: main',
    ...Object.entries(model.options).map(([name, value]) => `${name}: ${value}`),
  ];
  return `${lines.join('\n')}\n`;
}
