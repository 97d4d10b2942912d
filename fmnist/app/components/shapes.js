// Shapes that keys place on the canvas of 320 x 320: each becomes a stroke along its outline.

const STEP = 10; // pixels that a key moves or stretches
const TURN = Math.PI / 12;
const FIRST = { x: 160, y: 160, width: 120, height: 120, angle: 0 };
const ELLIPSE_POINTS = 40;

// Corners as shares of half the width and height, from the middle; by the key that places the shape.
const SHAPES = {
  r: { name: 'Rectangle', corners: ['-1 -1', '1 -1', '1 1', '-1 1', '-1 -1'].map(pair) },
  t: { name: 'Triangle', corners: ['0 -1', '1 1', '-1 1', '0 -1'].map(pair) },
  e: { name: 'Ellipse', corners: circle() },
  l: { name: 'Line', corners: ['-1 0', '1 0'].map(pair) },
};
const ARROWS = {
  ArrowLeft: ['x', 'width', -1],
  ArrowRight: ['x', 'width', 1],
  ArrowUp: ['y', 'height', -1],
  ArrowDown: ['y', 'height', 1],
};
const TURNS = { ',': -1, '.': 1 };

function pair(text) {
  return text.split(' ').map(Number);
}

function circle() {
  const places = Array.from({ length: ELLIPSE_POINTS + 1 }, (_, place) => place);
  const angles = places.map((place) => (2 * Math.PI * place) / ELLIPSE_POINTS);
  return angles.map((angle) => [Math.cos(angle), Math.sin(angle)]);
}

// A new shape in the middle; undefined if no shape has that key.
export function shapeOf(key) {
  return SHAPES[key] && { ...FIRST, ...SHAPES[key] };
}

// The shape after a key: moved by an arrow, stretched by Shift and an arrow, turned by comma or full
// stop; undefined if the key does nothing.
export function changed(shape, key, isStretched) {
  if (key in TURNS) return { ...shape, angle: shape.angle + TURNS[key] * TURN };
  if (!(key in ARROWS)) return undefined;
  const [place, size, sign] = ARROWS[key];
  const [what, least, most] = isStretched ? [size, STEP, 2 * FIRST.x] : [place, 0, 2 * FIRST.x];
  // Down makes lower and right makes wider: both grow away from the corner at the upper left.
  return { ...shape, [what]: Math.min(most, Math.max(least, shape[what] + sign * STEP)) };
}

// The points of the stroke. Each corner stands twice, which keeps it sharp in a smooth line.
export function outline({ x, y, width, height, angle, corners }) {
  const [sine, cosine] = [Math.sin(angle), Math.cos(angle)];
  const points = corners.map(([right, down]) => {
    const [a, b] = [(right * width) / 2, (down * height) / 2];
    return [x + a * cosine - b * sine, y + a * sine + b * cosine];
  });
  const rounded = points.map((point) => point.map((value) => Math.round(10 * value) / 10));
  return corners.length > ELLIPSE_POINTS ? rounded : rounded.flatMap((point) => [point, point]);
}

export function inWords({ name, x, y, width, height, angle }) {
  const degrees = Math.round((180 * angle) / Math.PI) % 360;
  const turned = degrees ? `, turned by ${degrees}°` : '';
  return `${name} at ${x}, ${y}: ${width} by ${height} pixels${turned}`;
}
