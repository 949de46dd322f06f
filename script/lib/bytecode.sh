# Sourced: keeps compiled Python beside the rest of our cache, even where the environment wants none in
# the folders of the sources. Without, Home Assistant is compiled anew by every process that runs it.
unset PYTHONDONTWRITEBYTECODE
export PYTHONPYCACHEPREFIX=${PYTHONPYCACHEPREFIX:-${ZMARTCHARGE_CACHE:-$HOME/.cache/zmartcharge}/bytecode}
