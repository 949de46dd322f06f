"""Reads a smart meter's HAN port and publishes what it says on MQTT.

Data runs one way: a source yields bytes, a framer finds the whole frames in them, a decoder turns a
frame into a ``MeterList``, and a publisher sends that to the broker. Each step is a small module
behind a protocol, so that another port, framing, meter or payload format is one more file.
"""

__version__ = "0.1.0"
