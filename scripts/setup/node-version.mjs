export const OLDEST_NODE = '20.19.0';

/**
 * @param {string} version as `process.versions.node` gives it
 * @returns {string | undefined} one sentence for a version that is too old
 */
export function nodeVersionProblem(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST_NODE.split('.').map(Number);
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return undefined;
  return `Scumble needs Node ${oldestMajor}.${oldestMinor} or newer and this is Node ${version}; install a current one from https://nodejs.org or your package manager.`;
}
