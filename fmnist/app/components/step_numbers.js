// Numbers of a network as text, as colour and as a picture: teal above zero, amber below.

const MINUS = '\u2212';

export function floats(text) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  return new Float32Array(bytes.buffer);
}

// With so many digits after the point, fewer of a large one; zero itself as 0.
export function written(value, digits = 3) {
  if (!value) return '0';
  const size = Math.abs(value);
  const text = size.toFixed(size >= 100 ? 1 : size >= 10 ? Math.min(2, digits) : digits);
  return (value < 0 && Number(text) ? MINUS : '') + text;
}

// The same with its sign, for what is added.
export function signed(value) {
  return value > 0 ? `+${written(value)}` : written(value);
}

// The same after a blank, as in "x − 2.1".
export function added(value) {
  return `${value < 0 ? MINUS : '+'} ${written(Math.abs(value))}`;
}

// In brackets if it is negative, for what is multiplied.
export function factor(value) {
  return value < 0 ? `(${written(value)})` : written(value);
}

// A colour for a value, the stronger the nearer it is to the largest one.
export function tint(value, largest, most = 55) {
  const share = largest ? Math.round((most * Math.abs(value)) / largest) : 0;
  return `color-mix(in srgb, var(--${value < 0 ? 'amber' : 'teal'}) ${share}%, transparent)`;
}

export function largestOf(values) {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

// Draw values as a picture; of an image in grey, from the lowest value to the highest.
export function paint(canvas, values, [height, width], isImage = false) {
  canvas.width = width;
  canvas.height = height;
  const pen = canvas.getContext('2d');
  const picture = pen.createImageData(width, height);
  const colour = isImage ? greys(values) : signs(values, getComputedStyle(canvas));
  for (let place = 0; place < values.length; place++)
    picture.data.set(colour(values[place]), 4 * place);
  pen.putImageData(picture, 0, 0);
}

function greys(values) {
  const low = values.reduce((least, value) => Math.min(least, value), Infinity);
  const high = values.reduce((most, value) => Math.max(most, value), -Infinity);
  return (value) => {
    const grey = (255 * (value - low)) / (high - low || 1);
    return [grey, grey, grey, 255];
  };
}

function signs(values, style) {
  const [above, below] = ['--teal', '--amber'].map((name) => parts(style.getPropertyValue(name)));
  const largest = largestOf(values) || 1;
  return (value) => [...(value < 0 ? below : above), (255 * Math.abs(value)) / largest];
}

function parts(colour) {
  const number = Number.parseInt(colour.trim().slice(1), 16);
  return [number >> 16, (number >> 8) & 255, number & 255];
}
