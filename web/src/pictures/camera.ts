import { UserError } from 'scumble';
import { byId } from '../dom.js';
import { encodePng, read } from './decode.js';

/**
 * Shows what the camera sees until a picture is taken.
 *
 * @returns a PNG, or nothing when the user thought better of it.
 * @throws UserError where there is no camera, or the page may not use it.
 */
export async function takePicture(): Promise<Blob | undefined> {
  const stream = await openCamera();
  const dialog = byId('camera', HTMLDialogElement);
  const video = byId('camera-video', HTMLVideoElement);
  const listening = new AbortController();
  const on = { signal: listening.signal };
  try {
    video.srcObject = stream;
    dialog.showModal();
    await video.play();
    return await new Promise<Blob | undefined>((resolve) => {
      const take = () => resolve(encodePng(read(video, 'The camera’s picture')));
      byId('camera-take', HTMLButtonElement).addEventListener('click', take, on);
      const leave = () => resolve(undefined);
      byId('camera-cancel', HTMLButtonElement).addEventListener('click', leave, on);
      dialog.addEventListener('close', leave, on);
    });
  } finally {
    listening.abort();
    dialog.close();
    video.srcObject = null;
    for (const track of stream.getTracks()) track.stop();
  }
}

async function openCamera(): Promise<MediaStream> {
  // Absent where the page did not come over https (localhost counts as safe), whatever the types say.
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (!devices) {
    throw new UserError(
      'The camera is only given to pages that came over https or from this machine; choose a file.',
    );
  }
  try {
    return await devices.getUserMedia({ video: { width: { ideal: 1280 }, facingMode: 'environment' } });
  } catch (cause) {
    const name = cause instanceof DOMException ? cause.name : '';
    const why =
      name === 'NotAllowedError'
        ? 'This page may not use the camera; allow it in the address bar'
        : name === 'NotReadableError'
          ? 'The camera is used by another program; close that'
          : 'No camera was found; connect one';
    throw new UserError(`${why}, or choose a file.`, 2, { cause });
  }
}
