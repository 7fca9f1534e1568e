// Notes the first paint, and whether the bell was in it, by a look just before each
// frame. Looking at each change would delay the paint, and so would asking where things
// are: that waits until after it.
const frames = [];
const frame = (at) => {
  frames.push({ at, bells: bells() });
  if (!notes.paint) requestAnimationFrame(frame);
};
requestAnimationFrame(frame);
new PerformanceObserver((list) => {
  const paint = list.getEntriesByName("first-contentful-paint")[0];
  if (!paint) return;
  notes.paint = paint.startTime;
  const painted = frames.filter(({ at }) => at <= paint.startTime).pop();
  notes.hasBell = !!painted?.bells.some(isVisible);
}).observe({ type: "paint", buffered: true });
