// From image to image the address is replaced, so that the browser's Back leaves them in one step.
// Streamlit adds an entry to the browser's history for each change of the address that a callback makes, and
// for the names that the Train page adds to its own address: that is no step either. Nor is each change of a setting,
// or of a lesson's step.
const TRAIN_STEPS = ['recipe', 'run', 'data'];
const OF_LESSON = ['lesson', 'step'];
history.addEntry ??= history.pushState;
history.pushState = (state, title, address) => {
  const here = new URL(location.href);
  const there = new URL(address, here);
  const showImages = [here, there].every(({ searchParams }) => searchParams.has('image'));
  const added = [...there.searchParams.keys()].filter((key) => !here.searchParams.has(key));
  const named = added.length && added.every((key) => ['recipe', 'run'].includes(key));
  const steps = ({ searchParams }) => TRAIN_STEPS.map((key) => searchParams.get(key)).join();
  const settingsAlone = here.pathname.endsWith('/train') && steps(here) === steps(there);
  const but = ({ searchParams }) =>
    [...searchParams].filter(([key]) => !OF_LESSON.includes(key)).join();
  const lessonAlone = but(here) === but(there);
  const replace =
    (showImages || named || settingsAlone || lessonAlone) && here.pathname === there.pathname;
  (replace ? history.replaceState : history.addEntry).call(history, state, title, address);
};
