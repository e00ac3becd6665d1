// PNG files of 8 bits a channel, not interlaced, with the means of Node.js alone: nothing native is to be packed.
// https://www.w3.org/TR/png-3/
import { crc32, deflateSync, inflateSync } from "node:zlib";

export interface Image {
  width: number;
  height: number;
  channels: number;
  pixels: Buffer;
}

const signature = Buffer.from("89504e470d0a1a0a", "hex");

// Grey, red-green-blue, and both with opacity: the colour types, and how many channels each has.
const channelsOf: Record<number, number> = { 0: 1, 2: 3, 4: 2, 6: 4 };

export function decode(file: Buffer): Image {
  if (!file.subarray(0, 8).equals(signature)) throw new Error("this is no PNG file");
  let header: Buffer | undefined;
  const data: Buffer[] = [];
  for (let at = 8; at + 8 <= file.length; ) {
    const length = file.readUInt32BE(at);
    const type = file.toString("latin1", at + 4, at + 8);
    const body = file.subarray(at + 8, at + 8 + length);
    if (type === "IHDR") header = body;
    if (type === "IDAT") data.push(body);
    at += length + 12;
  }
  if (!header) throw new Error("this PNG file has no header");

  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const [depth, colour, , , interlace] = header.subarray(8);
  const channels = channelsOf[colour];
  if (depth !== 8 || !channels || interlace !== 0) throw new Error("only PNG files of 8 bits a channel, without palette and interlacing");
  const most = (width * channels + 1) * height; // a small file must not unpack into all memory
  const lines = inflateSync(Buffer.concat(data), { maxOutputLength: most });
  return { width, height, channels, pixels: unfilter(lines, width * channels, height, channels) };
}

/** Each line begins with the filter that it was written with: its bytes are differences to those on the left and above. */
function unfilter(lines: Buffer, stride: number, height: number, channels: number): Buffer {
  const out = Buffer.alloc(stride * height);
  for (let y = 0; y < height; y++) {
    const filter = lines[y * (stride + 1)];
    for (let x = 0; x < stride; x++) {
      const at = y * stride + x;
      const left = x >= channels ? out[at - channels] : 0;
      const up = y > 0 ? out[at - stride] : 0;
      const corner = x >= channels && y > 0 ? out[at - stride - channels] : 0;
      out[at] = lines[y * (stride + 1) + 1 + x] + [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter];
    }
  }
  return out;
}

/** Of the three neighbours, the one nearest to where their slope leads. */
function paeth(left: number, up: number, corner: number): number {
  const [a, b, c] = [up - corner, left - corner, left + up - 2 * corner].map(Math.abs);
  return a <= b && a <= c ? left : b <= c ? up : corner;
}

/** Each pixel of the smaller image is the mean of those that it stands for. Small images stay as they are. */
export function shrink(image: Image, longest: number): Image {
  const scale = Math.min(1, longest / Math.max(image.width, image.height));
  if (scale === 1) return image;
  const { channels } = image;
  const width = Math.max(1, Math.round(image.width * scale));
  const height = Math.max(1, Math.round(image.height * scale));
  const pixels = Buffer.alloc(width * height * channels);
  for (let y = 0; y < height; y++) {
    const [top, bottom] = span(y, height, image.height);
    for (let x = 0; x < width; x++) {
      const [from, to] = span(x, width, image.width);
      for (let c = 0; c < channels; c++) {
        let sum = 0;
        for (let v = top; v < bottom; v++)
          for (let u = from; u < to; u++) sum += image.pixels[(v * image.width + u) * channels + c];
        pixels[(y * width + x) * channels + c] = Math.round(sum / ((bottom - top) * (to - from)));
      }
    }
  }
  return { width, height, channels, pixels };
}

/** Which lines of the large image become line i of the small one. */
function span(i: number, small: number, large: number): [number, number] {
  const from = Math.floor((i * large) / small);
  return [from, Math.max(from + 1, Math.floor(((i + 1) * large) / small))];
}

export function encode({ width, height, channels, pixels }: Image): Buffer {
  const stride = width * channels;
  const lines = Buffer.alloc((stride + 1) * height); // filter 0, none, in front of each line
  for (let y = 0; y < height; y++) pixels.copy(lines, y * (stride + 1) + 1, y * stride, (y + 1) * stride);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 8;
  header[9] = Number(Object.keys(channelsOf).find((colour) => channelsOf[Number(colour)] === channels));
  return Buffer.concat([signature, chunk("IHDR", header), chunk("IDAT", deflateSync(lines)), chunk("IEND", Buffer.alloc(0))]);
}

function chunk(type: string, body: Buffer): Buffer {
  const out = Buffer.alloc(body.length + 12);
  out.writeUInt32BE(body.length, 0);
  out.write(type, 4, "latin1");
  body.copy(out, 8);
  out.writeUInt32BE(crc32(out.subarray(4, body.length + 8)), body.length + 8);
  return out;
}
