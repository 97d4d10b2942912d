// A link to copy. The clipboard's own interface is there only over https and on this computer.

async function copy(field) {
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    return true;
  } catch {
    return document.execCommand('copy');
  }
}

export default function ({ data, parentElement }) {
  const find = (selector) => parentElement.querySelector(selector);
  const field = find('input');
  const status = find('[role=status]');
  if (field.value !== data.link) status.textContent = '';
  field.value = data.link;
  find('.code').hidden = !data.code;
  find('.code').innerHTML = data.code ?? '';
  field.onfocus = () => field.select();
  find('button').onclick = async () => {
    status.textContent = (await copy(field)) ? 'Link copied' : 'Press Ctrl+C to copy it';
  };
}
