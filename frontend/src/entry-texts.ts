/** The few texts that are needed before a card is shown; all others are in translations/. */

export interface EntryTexts {
  card: string;
  plan_name: string;
  plan_card: string;
  phases_name: string;
  phases_card: string;
  history_name: string;
  history_card: string;
  mode: string;
  dashboard: string;
  device: string;
  part_device: string;
  single: string;
  hide: string;
  prices: string;
  phases: string;
  history: string;
  reload: string;
}

const en: EntryTexts = {
  card: "Your chargers: what they do and why, prices, phases and history.",
  plan_name: "price and plan",
  plan_card: "What power costs by the hour, and when the car charges.",
  phases_name: "main fuse",
  phases_card: "What the house and the cars draw on each phase.",
  history_name: "history",
  history_card: "What was charged, by day, month and year.",
  mode: "ZmartCharge: charging mode",
  dashboard: "A page for each site, with all its chargers.",
  device: "The charger that is shown first",
  part_device: "Charger",
  single: "Show no other charger",
  hide: "Leave out",
  prices: "Price and plan",
  phases: "Current at the main fuse",
  history: "History",
  reload: "ZmartCharge has been updated: reload the page.",
};

const nb: EntryTexts = {
  card: "Laderne dine: hva de gjør og hvorfor, priser, faser og historikk.",
  plan_name: "pris og plan",
  plan_card: "Hva strømmen koster time for time, og når bilen lader.",
  phases_name: "hovedsikring",
  phases_card: "Hva huset og bilene bruker på hver fase.",
  history_name: "historikk",
  history_card: "Hva som er ladet, per dag, måned og år.",
  mode: "ZmartCharge: lademodus",
  dashboard: "En side for hvert sted, med alle laderne der.",
  device: "Laderen som vises først",
  part_device: "Lader",
  single: "Vis ingen annen lader",
  hide: "Utelat",
  prices: "Pris og plan",
  phases: "Strøm ved hovedsikringen",
  history: "Historikk",
  reload: "ZmartCharge er oppdatert: last inn siden på nytt.",
};

const sv: EntryTexts = {
  card: "Dina laddare: vad de gör och varför, priser, faser och historik.",
  plan_name: "pris och plan",
  plan_card: "Vad elen kostar timme för timme, och när bilen laddas.",
  phases_name: "huvudsäkring",
  phases_card: "Vad huset och bilarna drar på varje fas.",
  history_name: "historik",
  history_card: "Vad som har laddats, per dag, månad och år.",
  mode: "ZmartCharge: laddläge",
  dashboard: "En sida för varje plats, med alla dess laddare.",
  device: "Laddaren som visas först",
  part_device: "Laddare",
  single: "Visa ingen annan laddare",
  hide: "Utelämna",
  prices: "Pris och plan",
  phases: "Ström vid huvudsäkringen",
  history: "Historik",
  reload: "ZmartCharge har uppdaterats: ladda om sidan.",
};

const da: EntryTexts = {
  card: "Dine ladere: hvad de gør og hvorfor, priser, faser og historik.",
  plan_name: "pris og plan",
  plan_card: "Hvad strømmen koster time for time, og hvornår bilen lader.",
  phases_name: "hovedsikring",
  phases_card: "Hvad huset og bilerne bruger på hver fase.",
  history_name: "historik",
  history_card: "Hvad der er ladet, per dag, måned og år.",
  mode: "ZmartCharge: opladningstilstand",
  dashboard: "En side for hvert sted, med alle ladere der.",
  device: "Laderen, der vises først",
  part_device: "Lader",
  single: "Vis ingen anden lader",
  hide: "Udelad",
  prices: "Pris og plan",
  phases: "Strøm ved hovedsikringen",
  history: "Historik",
  reload: "ZmartCharge er blevet opdateret: genindlæs siden.",
};

const TEXTS: Record<string, EntryTexts> = { nb, no: nb, nn: nb, sv, da };

/** The texts in the language of the page. */
export function entryTexts(): EntryTexts {
  return TEXTS[document.documentElement.lang.split("-")[0] ?? ""] ?? en;
}
