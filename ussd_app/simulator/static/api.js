// The simulator's own API, as promises; every failure is a Refusal whose message is a sentence.

export class Refusal extends Error {
  constructor(sentence, status) {
    super(sentence);
    this.status = status;
  }
}

const UNREACHABLE = "The simulator does not answer. Is make run still running?";

async function ask(path, options = {}) {
  let answer;
  try {
    answer = await fetch(`/simulator/api/${path}`, { cache: "no-store", ...options });
  } catch {
    throw new Refusal(UNREACHABLE, 0);
  }
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refusal(said.error ?? `The simulator answered ${answer.status}.`, answer.status);
  return said;
}

const post = (path, wish) =>
  ask(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(wish) });

const part = encodeURIComponent;

export const findPhones = (search) => ask(`phones?limit=60&search=${part(search)}`);
export const messagesOf = (phone) => ask(`phones/${part(phone)}/messages`);
export const sendMessage = (phone, text) => post(`phones/${part(phone)}/messages`, { text });
export const payPoints = () => ask("points");
export const redeem = (point, code) => post(`points/${part(point)}/redeem`, { code });
export const dial = (phone, dialled) => post("sessions", { phone, dialled });
export const look = (session) => ask(`sessions/${part(session)}`);
export const press = (session, keys) => post(`sessions/${part(session)}/press`, { keys });
export const hangUp = (session) => post(`sessions/${part(session)}/hang-up`, {});
export const ledgerOf = (phone) => ask(`phones/${part(phone)}/ledger`);
export const swapSim = (phone, proven) => post(`phones/${part(phone)}/sim`, { proven });
export const emptyRedis = () => post("redis/empty", {});
export const faults = () => ask("faults");
export const setFaults = (wish) => post("faults", wish);
export const writeTranscript = (wish) => post("transcripts/write", wish);
export const readTranscript = (text) => post("transcripts/read", { text });
export const comparePage = (wish) => post("transcripts/compare", wish);
