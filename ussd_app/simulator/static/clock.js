// Hours and days as people in Thái Nguyên see them, wherever the browser is.

const timeZone = document.body.dataset.timezone || undefined;
const hours = new Intl.DateTimeFormat("vi-VN", { timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const days = new Intl.DateTimeFormat("vi-VN", { timeZone, day: "numeric", month: "numeric" });

export const clockTime = (at) => hours.format(at);

/** The hour alone for today, with the day before it otherwise. */
export function when(at) {
  const today = days.format(at) === days.format(new Date());
  return today ? clockTime(at) : `${clockTime(at)} ${days.format(at)}`;
}
