"""The demo: a real Home Assistant with a simulated house, cars, chargers, meter and a broker."""
