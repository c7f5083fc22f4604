import type { Dispatcher } from 'undici';
import { UserError } from '../errors.js';
import type { Fetch } from '../vgg/remote/index.js';
import { packageVersion } from './package-files.js';

/** Milliseconds until a host that does not answer counts as missing. */
const CONNECT_TIMEOUT = 10_000;

export interface Http {
  readonly fetch: Fetch;
  /** Ends all connections. */
  close(): Promise<void>;
}

/**
 * `fetch` with connections that are used again, through the proxies that `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` name,
 * in capitals or not.
 *
 * @throws UserError if one of them is no address
 */
export async function openHttp(): Promise<Http> {
  // A tenth of a second, of which most runs have no need.
  const { EnvHttpProxyAgent, fetch } = await import('undici');
  const options = {
    // To each host: requests follow each other, and a second connection would have to be made first.
    connections: 1,
    connect: { timeout: CONNECT_TIMEOUT },
    // Whoever reads keeps the time.
    headersTimeout: 0,
    bodyTimeout: 0,
  };
  const agent = proxyAgent(() => new EnvHttpProxyAgent(options)).compose(withoutPauses);
  const userAgent = { 'user-agent': `scumble/${packageVersion()}` };
  return {
    fetch: (url, init) =>
      fetch(url, { ...init, headers: { ...userAgent, ...init.headers }, dispatcher: agent }),
    close: () => agent.destroy(),
  };
}

/**
 * Takes what comes as it comes, into memory if need be. undici 7 ends the process where a server closes a connection
 * whose reading pauses (nodejs/undici#5360, mended in undici 8, which Node 20 cannot run).
 */
function withoutPauses(dispatch: Dispatcher.Dispatch): Dispatcher.Dispatch {
  return (options, handler) =>
    dispatch(options, {
      onRequestStart: (...given) => handler.onRequestStart?.(...given),
      onRequestUpgrade: (...given) => handler.onRequestUpgrade?.(...given),
      onResponseStart: (...given) => handler.onResponseStart?.(...given),
      onResponseData: (controller, bytes) => {
        handler.onResponseData?.(controller, bytes);
        controller.resume();
      },
      onResponseEnd: (...given) => handler.onResponseEnd?.(...given),
      onResponseError: (...given) => handler.onResponseError?.(...given),
    });
}

function proxyAgent<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw new UserError(
      'HTTP_PROXY or HTTPS_PROXY is not the address of a proxy; give one such as http://proxy.example:3128, or unset it.',
      2,
      { cause: error },
    );
  }
}
