"""Writes the blueprint of voice from the sentences that are shipped, so that both understand the same.

But a yes or no has to say what is meant.

usage: python -m script.lib.voice_blueprint
"""

from collections.abc import Iterator, Mapping, Sequence
import json
from pathlib import Path
import re
from typing import Any, Final

import yaml

from custom_components.zmartcharge.intent import INTENTS
from custom_components.zmartcharge.voice import Command
from custom_components.zmartcharge.voice_text import LANGUAGES

ROOT = Path(__file__).parents[2]
INTEGRATION = ROOT / "custom_components" / "zmartcharge"
#: The shipped one, and the one that is imported from the repository.
COPIES = (
    INTEGRATION / "blueprints" / "automation" / "voice.yaml",
    ROOT / "blueprints" / "automation" / "zmartcharge" / "voice.yaml",
)
_RULE = re.compile(r"<(\w+)>")
_SLOT = re.compile(r"\{\w+:(\w+)\}")
#: A trigger takes any words for a name, so where a name is all that tells a sentence from others, it
#: would take "stop the music" too.
_NAME = re.compile(r"\{zmartcharge_(?:name|word):")

#: A trigger takes what it hears before any assistant does, so a mere yes or no to somebody else would
#: never arrive there. Here one has to say what is meant.
_IN_FULL: Final[Mapping[str, Mapping[Command, Sequence[str]]]] = {
    "en": {
        Command.CONFIRM: ["(yes|yeah|yep|ok|okay|sure) (stop|end) [the] charging"],
        Command.CANCEL: [
            "[no] (don't|dont|do not) stop [the] charging",
            "[no] (keep|go on|continue) charging",
        ],
    },
    "nb": {
        Command.CONFIRM: [
            "(ja|jepp|jo|ok|okei|greit) (stopp|stans|avslutt) (ladingen|ladinga|å lade)"
        ],
        Command.CANCEL: [
            "[nei] ikke (stopp|stans) (ladingen|ladinga|å lade)",
            "[nei] (fortsett|hold på) (å lade|ladingen|ladinga|lading)",
        ],
    },
    "sv": {
        Command.CONFIRM: ["(ja|japp|jo|ok|okej|visst) (stoppa|stopp|avsluta) (laddningen|ladda)"],
        Command.CANCEL: [
            "[nej] (stoppa|avsluta) inte laddningen",
            "[nej] (fortsätt|håll på) (att ladda|ladda|laddningen)",
        ],
    },
    "da": {
        Command.CONFIRM: ["(ja|jep|jo|ok|okay|fint) (stop|stands|afslut) (ladningen|opladningen)"],
        Command.CANCEL: [
            "[nej] (stop|stands) ikke (ladningen|opladningen)",
            "[nej] (fortsæt|bliv ved) (med at lade|med at oplade|ladningen|opladningen)",
        ],
    },
}

_HEAD = """\
# Made of the sentences in custom_components/zmartcharge/custom_sentences: python -m script.lib.voice_blueprint
blueprint:
  name: ZmartCharge voice
  description: >-
    Charge with your voice, without any files: start and stop (asks first), charge full now, smart charging
    on and off, when the car is ready, what it costs, why it does not charge, and whether a charger is free.
    Make one automation of it for each language that is spoken in the house.


    You do not need it when you have installed the sentences with the action zmartcharge.install_sentences.
  domain: automation
  author: ZmartCharge
  source_url: https://github.com/zmartcharge/home-assistant-zmartcharge/blob/main/blueprints/automation/zmartcharge/voice.yaml
  homeassistant:
    min_version: 2026.10.0
  input:
    language:
      name: Language
      description: Which language is spoken and answered.
      default: en
      selector:
        select:
          options:
            - value: en
              label: English
            - value: nb
              label: Norsk
            - value: sv
              label: Svenska
            - value: da
              label: Dansk

mode: parallel
max: 10

trigger_variables:
  language: !input language

triggers:
"""
_TAIL = """\

actions:
  - action: zmartcharge.voice_command
    data:
      command: "{{ trigger.id }}"
      charger: "{{ trigger.slots.charger | default('') }}"
      language: !input language
      user_id: "{{ trigger.user_input.context.user_id or '' }}"
      device_id: "{{ trigger.device_id or '' }}"
      conversation_id: "{{ trigger.user_input.conversation_id or '' }}"
    response_variable: answer
  - set_conversation_response: "{{ answer.text }}"
"""


def blueprint() -> str:
    """Return the blueprint."""
    return "".join((_HEAD, *(line for each in LANGUAGES for line in _triggers(each)), _TAIL))


def _triggers(language: str) -> Iterator[str]:
    path = INTEGRATION / "custom_sentences" / f"{language}.yaml"
    shipped: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    rules = shipped["expansion_rules"]
    for command, (name, _) in INTENTS.items():
        yield "  - trigger: conversation\n"
        yield f"    id: {command}\n"
        yield f"    enabled: \"{{{{ language == '{language}' }}}}\"\n"
        yield "    command:\n"
        shipped_for_it = (
            _SLOT.sub(lambda found: f"{{{found[1]}}}", spelled_out(sentence, rules))
            for data in shipped["intents"][name]["data"]
            for sentence in data["sentences"]
            if not has_a_name_of_ours(sentence, rules)
        )
        for sentence in _IN_FULL[language].get(command, shipped_for_it):
            yield f"      - {json.dumps(sentence, ensure_ascii=False)}\n"


def spelled_out(sentence: str, rules: Mapping[str, str]) -> str:
    """Return a sentence without rules, which triggers do not know."""
    while _RULE.search(sentence):
        sentence = _RULE.sub(lambda found: f"({rules[found[1]]})", sentence)
    return sentence


def has_a_name_of_ours(sentence: str, rules: Mapping[str, str]) -> bool:
    """Tell whether a sentence is understood only where it is known what chargers are called."""
    return bool(_NAME.search(spelled_out(sentence, rules)))


def main() -> None:
    """Write both copies."""
    for path in COPIES:
        path.write_text(blueprint(), encoding="utf-8")


if __name__ == "__main__":
    main()
