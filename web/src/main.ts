import { DeviceLostError } from 'scumble';
import { byId, make } from './dom.js';
import { Painting } from './paint/painting.js';
import { Session } from './paint/session.js';
import { takePicture } from './pictures/camera.js';
import { encodePng } from './pictures/decode.js';
import { CONTENTS, STYLES } from './pictures/examples.js';
import { acceptPastes, Slot } from './pictures/slot.js';
import { sentence } from './sentence.js';
import { defaultSettings, recallSettings } from './settings.js';
import { findSupport } from './support.js';
import { Panel } from './view/panel.js';
import { duration, Readings } from './view/readings.js';
import { Screen } from './view/screen.js';
import { Transport } from './view/transport.js';

const support = await findSupport();
const panel = new Panel(recallSettings() ?? defaultSettings(support.size));
const screen = new Screen();
const readings = new Readings();
const session = new Session(() => painting ?? screen.keep(result));
let painting: Painting | undefined;
/** The newest picture painted. */
let result: ImageData | undefined;

const transport = new Transport({
  paint: () => void paint(),
  paintOn: () => void paint(result),
  pause() {
    painting?.pause();
    transport.show('paused', false, 'Paused.');
  },
  resume() {
    readings.restart();
    painting?.resume();
    transport.show('painting', false, 'Painting.');
  },
  stop() {
    painting?.stop();
    transport.say('Stopping.');
  },
  download: () => void download(),
});

const complain = (error: unknown) => transport.complain(sentence(error));
const chosen = () => {
  transport.quiet();
  if (painting) return;
  result = undefined;
  screen.preview(content.picture, style.picture);
  if (transport.phase === 'done') transport.show('idle', false);
};
const slot = { onPicture: chosen, onError: complain };
const content = new Slot({ id: 'content', title: 'Content', examples: CONTENTS, ...slot });
const style = new Slot({ id: 'style', title: 'Style', examples: STYLES, ...slot });
acceptPastes([content, style], () => !painting);

const camera = make('button', { type: 'button', className: 'camera', textContent: 'Use the camera' });
camera.addEventListener('click', () => {
  takePicture()
    .then((picture) => picture && content.take(picture, 'the camera’s picture'))
    .catch(complain);
});
content.addButton(camera);

/** @param from a picture to go on from, in place of what the form says. */
async function paint(from?: ImageData): Promise<void> {
  if (painting) return;
  transport.quiet();
  if (!content.picture || !style.picture) {
    transport.complain('Choose a content and a style picture first.');
    return;
  }
  const { size, evaluations, network, layers, contentLayers, styleLayers, ...rest } = panel.settings;
  transport.show(
    'preparing',
    false,
    'Preparing the kernels for this size, which the first time takes a while.',
  );
  const began = { at: 0 };
  const run = (painting = new Painting(session, screen, {
    onFetch: (done, total) => transport.say(`Fetching VGG-19: ${megabytes(done)} of ${megabytes(total)} MB.`),
    onStart() {
      began.at = performance.now();
      readings.begin(evaluations);
      transport.show('painting', false, 'Painting.');
    },
    onProgress: (progress, bytes) => readings.show(progress, bytes),
  }));
  byId('stage', HTMLElement).scrollIntoView({ block: 'nearest', behavior: 'smooth' });
  try {
    const painted = await run.run({
      ...rest,
      content: content.picture.pixels,
      style: style.picture.pixels,
      size,
      evaluations,
      contentLayers,
      styleLayers,
      ...(layers === 'gatys' ? { preset: 'gatys' } : {}),
      ...(from ? { start: from } : {}),
      choice: { network, layers: [...contentLayers, ...styleLayers], file: panel.weightsFile },
    });
    painting = undefined;
    result = painted?.pixels;
    if (!painted) {
      screen.preview(content.picture, style.picture);
      return transport.show('idle', false, 'Stopped before there was a picture.');
    }
    readings.end();
    transport.show('done', true, account(painted, performance.now() - began.at));
  } catch (error) {
    painting = undefined;
    transport.show(result ? 'done' : 'idle', result !== undefined);
    const again = { text: 'Start again', action: () => void paint(from) };
    transport.complain(sentence(error), error instanceof DeviceLostError ? again : undefined);
  }
}

/** Bytes in the unit that downloads are counted in. */
const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);

function account({ end, evaluations }: { end: string; evaluations: number }, milliseconds: number): string {
  const took = `${evaluations} ${evaluations === 1 ? 'evaluation' : 'evaluations'} in ${duration(milliseconds / 1000)}`;
  if (end === 'stopped') return `Stopped after ${took}.`;
  if (end === 'settled') return `Finished early, since nothing changes any more: ${took}.`;
  return `Finished: ${took}.`;
}

async function download(): Promise<void> {
  if (!result) return;
  const url = URL.createObjectURL(await encodePng(result));
  make('a', { href: url, download: 'scumble.png' }).click();
  // The browser has taken hold of it by then.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

if (support.problem) {
  byId('unsupported', HTMLElement).hidden = false;
  byId('unsupported-why', HTMLElement).textContent = support.problem;
  transport.show('unsupported', false);
} else {
  byId('adapter', HTMLElement).textContent = support.name ? `Computing on ${support.name}.` : '';
}
await Promise.all([content.takeExample(CONTENTS[0]), style.takeExample(STYLES[0])]);
