// A drawing's strokes as a text for a link, and back: bytes in base64url. The first is the form, how fine the
// points are; then each stroke has its tool and ink, the number of its points, the first one and the steps from
// one to the next. Lines are simplified (Ramer-Douglas-Peucker); nothing is compressed, so that a text of bounded
// length has a bounded number of points.

import { EDGE, INKS, sinceCleared, TOOLS } from './strokes.js';

const FORMS = [0.5, 1, 2]; // pixels between points that differ, of each form
const LONGEST = 1500; // characters: with the rest of the link below 2,000
const MARGIN = 40; // pixels around the canvas in which a line may run
const MOST_PACKED = 500; // strokes
const PARTS = 6; // straight lines for a curve

// The text of a drawing; null if it would be too long.
export function pack(strokes) {
  for (const [form, size] of FORMS.entries()) {
    const bytes = bytesOf(sinceCleared(strokes), form, size);
    if (4 * bytes.length <= 3 * LONGEST) return asText(bytes);
  }
  return null;
}

// The strokes of a text; null if it is no drawing's.
export function unpack(text) {
  if (!/^[\w-]+$/.test(text) || text.length > LONGEST) return null;
  try {
    const strokes = strokesOf(Uint8Array.from(atob(fromUrl(text)), (sign) => sign.charCodeAt(0)));
    return strokes.length && strokes.length <= MOST_PACKED ? strokes : null;
  } catch {
    return null;
  }
}

function bytesOf(strokes, form, size) {
  const bytes = [form];
  for (const stroke of strokes) {
    const points = simplified(onGrid(stroke.straight ? stroke.points : curve(stroke.points), size));
    bytes.push(toolNames().indexOf(stroke.tool) + 4 * Math.max(0, INKS.indexOf(stroke.ink)));
    bytes.push(...variable(points.length));
    let before = [0, 0];
    for (const point of points) {
      for (const axis of [0, 1]) bytes.push(...variable(zigzag(point[axis] - before[axis])));
      before = point;
    }
  }
  return bytes;
}

function strokesOf(bytes) {
  const places = bytes.values();
  const size = FORMS[places.next().value];
  const strokes = [];
  for (const about of places) {
    const [tool, ink] = [toolNames()[about % 4], INKS[about >> 2]];
    const count = number(places);
    if (!size || !tool || !ink || !count || count > bytes.length) throw new Error('no stroke');
    strokes.push({ tool, ink, straight: true, points: pointsOf(places, count, size) });
  }
  return strokes;
}

function pointsOf(places, count, size) {
  let [x, y] = [0, 0];
  return Array.from({ length: count }, () => {
    x += unzigzag(number(places)) * size;
    y += unzigzag(number(places)) * size;
    if (Math.min(x, y) < -MARGIN || Math.max(x, y) > EDGE + MARGIN) throw new Error('far away');
    return [x, y];
  });
}

// The points of the smooth line that `trace` draws.
function curve(points) {
  let from = points[0];
  const found = [from];
  for (let place = 1; place < points.length - 1; place++) {
    const [bend, next] = [points[place], points[place + 1]];
    const to = [0, 1].map((axis) => (bend[axis] + next[axis]) / 2);
    for (let part = 1; part <= PARTS; part++) found.push(between(from, bend, to, part / PARTS));
    from = to;
  }
  return [...found, points.at(-1)];
}

function between(from, bend, to, share) {
  const rest = 1 - share;
  return [0, 1].map(
    (axis) => rest * rest * from[axis] + 2 * rest * share * bend[axis] + share * share * to[axis],
  );
}

function onGrid(points, size) {
  const near = (value) => Math.min(EDGE + MARGIN, Math.max(-MARGIN, value));
  const placed = points.map((point) => point.map((value) => Math.round(near(value) / size)));
  return placed.filter((point, place) => `${point}` !== `${placed[place - 1]}`);
}

// Ramer-Douglas-Peucker: without the points that lie within one step of the grid of the line between others.
function simplified(points) {
  const kept = new Set([0, points.length - 1]);
  const open = [[0, points.length - 1]];
  while (open.length) {
    const [first, last] = open.pop();
    let [most, where] = [1, 0];
    for (let place = first + 1; place < last; place++) {
      const apart = distance(points[place], points[first], points[last]);
      if (apart > most) [most, where] = [apart, place];
    }
    if (!where) continue;
    kept.add(where);
    open.push([first, where], [where, last]);
  }
  return points.filter((_, place) => kept.has(place));
}

// From a point to the line between two others.
function distance([x, y], [left, top], [right, bottom]) {
  const [width, height] = [right - left, bottom - top];
  const long = width * width + height * height;
  const along = long ? ((x - left) * width + (y - top) * height) / long : 0;
  const share = Math.min(1, Math.max(0, along));
  return Math.hypot(x - left - share * width, y - top - share * height);
}

const toolNames = () => Object.keys(TOOLS);
const zigzag = (value) => (value < 0 ? -2 * value - 1 : 2 * value);
const unzigzag = (value) => (value % 2 ? -(value + 1) / 2 : value / 2);

// A whole number in as many bytes as it takes, seven bits each.
function variable(value) {
  return value < 128 ? [value] : [128 + (value % 128), ...variable(Math.floor(value / 128))];
}

function number(places) {
  let [value, weight] = [0, 1];
  for (let more = true; more; weight *= 128) {
    const { value: byte } = places.next();
    if (byte === undefined || weight > 128 ** 2) throw new Error('cut short');
    value += (byte % 128) * weight;
    more = byte >= 128;
  }
  return value;
}

function asText(bytes) {
  const text = btoa(String.fromCharCode(...bytes));
  return text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

function fromUrl(text) {
  return text.replaceAll('-', '+').replaceAll('_', '/');
}
