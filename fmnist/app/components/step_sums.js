// What adds up to a unit of a dense layer, and from the logits of the classes to their probabilities.

import { make } from './elements.js';
import { floats, largestOf, paint, signed, tint, written } from './step_numbers.js';

// Returns it in words.
export function showSums(root, { sums, classes }, choose) {
  const columns = sums.map((sum) => column(sum, Boolean(classes)));
  const both = make('div', { className: 'columns' }, ...columns);
  if (classes) both.append(table(classes, choose));
  root.replaceChildren(both);
  return sums.map((sum) => `${sum.name}: ${written(sum.value)}`).join('; ');
}

function column(sum, isClass) {
  const parts = [make('h3', {}, make('bdi', {}, sum.name))];
  if (sum.picture) parts.push(picture(sum.picture, sum.name));
  const lines = sum.largest.map(([name, value]) => line(name, value));
  if (sum.more) lines.push(line(`${sum.more[0].toLocaleString('en')} more`, sum.more[1]));
  else lines.push(line('All that adds', sum.for), line('All that takes off', sum.against));
  if (sum.bias !== null) lines.push(line('Bias', sum.bias));
  lines.push(total(isClass ? 'Logit' : 'Sum', sum.value));
  if (!isClass) lines.push(...sum.stages.map(([name, value]) => total(name, value)));
  const largest = largestOf(sum.largest.map(([, value]) => value));
  for (const [at, [, value]] of sum.largest.entries())
    lines[at].lastChild.style.background = tint(value, largest, 40);
  parts.push(make('table', { className: 'ladder' }, ...lines));
  return make('section', {}, ...parts);
}

function picture({ values, shape, pixels, bias }, name) {
  const canvas = make('canvas', { className: 'picture' });
  const numbers = floats(values);
  const what = pixels ? 'pixel' : 'place';
  canvas.role = 'img';
  canvas.ariaLabel = `What each ${what} adds to ${name}`;
  queueMicrotask(() => paint(canvas, numbers, shape)); // its colours are known once it is on the page
  const sum = numbers.reduce((all, value) => all + value, 0);
  const also = bias === undefined ? '' : ` Pixels ${signed(sum)}, biases ${signed(bias)}.`;
  return make(
    'figure',
    {},
    canvas,
    make('figcaption', {}, `What each ${what} adds or takes off.${also}`),
  );
}

function line(name, value) {
  const number = make('td', { className: 'number' }, signed(value));
  return make('tr', {}, make('th', { scope: 'row' }, name), number);
}

function total(name, value) {
  const row = line(name, value);
  row.className = 'total';
  row.lastChild.textContent = written(value);
  return row;
}

function table(classes, choose) {
  const { rows, predicted, other, more, rest, function: name } = classes;
  const isSoftmax = name === 'softmax';
  const highest = Math.max(...rows.map(([, , logit]) => logit));
  const powers = rows.map(([, , logit]) => Math.exp(logit - highest));
  const heads = ['Class', 'Logit', ...(isSoftmax ? ['exp(logit − highest)'] : []), 'Probability'];
  const head = make('tr', {}, ...heads.map((text) => make('th', { scope: 'col' }, text)));
  const lines = rows.map(([label, title, logit, probability], at) => {
    const button = make(
      'button',
      { type: 'button', disabled: label === predicted },
      make('bdi', {}, title),
    );
    button.setAttribute('aria-pressed', label === other);
    button.dataset.label = label;
    button.onclick = () => choose(label);
    const cells = [written(logit), ...(isSoftmax ? [power(powers[at])] : []), percent(probability)];
    const numbers = cells.map((text) => make('td', { className: 'number' }, text));
    numbers.at(-1).style.setProperty('--share', probability);
    const row = make('tr', {}, make('th', { scope: 'row' }, button), ...numbers);
    row.classList.toggle('chosen', label === predicted || label === other);
    return row;
  });
  if (more)
    lines.push(make('tr', {}, make('th', { scope: 'row' }, `${more.toLocaleString('en')} more`)));
  const sum = powers.reduce((all, value) => all + value, rest);
  const how = `Softmax: exp(logit − highest) / ${power(sum)}, their sum. Choose a class to compare.`;
  const caption = make('caption', {}, isSoftmax ? how : `Probabilities by ${name}.`);
  return make('table', { className: 'classes' }, caption, head, ...lines);
}

function power(value) {
  return value && value < 0.0005 ? '< 0.001' : value.toFixed(3);
}

function percent(probability) {
  const share = 100 * probability;
  return share && share < 0.1 ? '< 0.1%' : `${share.toFixed(1)}%`;
}
