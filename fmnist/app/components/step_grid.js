// Numbers of a window as a grid of cells, and its frame on a map.

import { make } from './elements.js';
import { largestOf, tint, written } from './step_numbers.js';

const WIDEST = 7; // of a window whose numbers are written; those of a larger one are colours

// Lay an element over the part of a map that begins at a place and has a size, in the map's own pixels.
export function frame(element, [top, left], [height, width], [rows, columns]) {
  const share = (part, whole) => `${(100 * part) / whole}%`;
  Object.assign(element.style, { top: share(top, rows), left: share(left, columns) });
  Object.assign(element.style, { height: share(height, rows), width: share(width, columns) });
}

// Cells with as many columns as the window has; the first value that is `kept` is framed.
export function grid(name, values, columns, kept = null) {
  const largest = largestOf(values);
  let isFound = false;
  const cells = [...values].map((value) => {
    const cell = make('span', {}, columns > WIDEST || value === null ? '' : written(value, 2));
    cell.style.background = tint(value ?? 0, largest);
    if (value === null) cell.title = 'Beyond the edge';
    if (value !== null && value === kept && !isFound) {
      cell.className = 'kept';
      isFound = true;
    }
    return cell;
  });
  const box = make('div', { className: 'cells' }, ...cells);
  box.style.setProperty('--columns', columns);
  box.classList.toggle('dense', columns > 3);
  return make('figure', {}, box, make('figcaption', {}, name));
}
