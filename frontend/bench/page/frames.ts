// Measuring in the page, by what the browser itself says.
import type { Stage } from './stage';

/**
 * The lengths of frames under input. requestAnimationFrame's timestamps are those of the display's ticks, and the browser
 * starts no frame before the one before the last has been rasterized, so with CPU rendering slow painting shows in them
 * as well as slow script. Input is handed out just before the callback: a frame in which none came did no work and is
 * not counted, or a slow sender would make any page look smooth.
 */
export function recorder(): Pick<Stage, 'record' | 'frames'> {
  let lengths: number[] = [];
  let recording = false;
  let inputs = 0;
  const note = (): void => {
    inputs++;
  };
  for (const type of ['pointermove', 'wheel']) window.addEventListener(type, note, { capture: true, passive: true });
  return {
    record: () => {
      lengths = [];
      recording = true;
      let last = 0;
      let worked = false;
      const frame = (now: number): void => {
        if (last && worked) lengths.push(now - last);
        last = now;
        worked = inputs > 0;
        inputs = 0;
        if (recording) requestAnimationFrame(frame);
      };
      inputs = 0;
      requestAnimationFrame(frame);
    },
    frames: () => {
      recording = false;
      return lengths;
    },
  };
}

/** When a page is whole: so many elements of these classes are there. */
export interface Whole {
  nodes: number;
  wires: number;
  node: string;
  wire: string;
}

/**
 * Waits until a page is whole and resolves to when that was on the screen, in milliseconds since the epoch. A line of text
 * comes into the page in the very frame in which everything else is there; Element Timing tells when the frame with it
 * was presented, rasterized and all (https://wicg.github.io/element-timing/). Runs in pages that are not ours to build as
 * well, so it stands alone.
 */
export function painted(whole: Whole): Promise<number> {
  return new Promise((done) => {
    const nodes = document.getElementsByClassName(whole.node);
    const wires = document.getElementsByClassName(whole.wire);
    const windows = document.getElementsByClassName('react-flow__viewport');
    const sign = document.createElement('p');
    sign.textContent = 'whole';
    sign.setAttribute('elementtiming', 'whole');
    sign.style.cssText = 'position:fixed;left:0;top:0;margin:0;font:12px sans-serif;z-index:9999;pointer-events:none';
    new PerformanceObserver((list, self) => {
      self.disconnect();
      sign.remove();
      const entry = list.getEntries()[0] as PerformanceEntry & { renderTime: number };
      done(performance.timeOrigin + entry.renderTime);
    }).observe({ type: 'element', buffered: false });
    const look = (): void => {
      // The drawing has come to its place when the window is not where it begins.
      const shown = (windows[0] as HTMLElement | undefined)?.style.transform ?? '';
      const placed = shown !== '' && !shown.startsWith('translate(0px, 0px)');
      if (placed && nodes.length >= whole.nodes && wires.length >= whole.wires) document.body.append(sign);
      else requestAnimationFrame(look);
    };
    look();
  });
}
