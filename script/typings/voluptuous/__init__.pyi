# Home Assistant installs probatio under this name at run time.
from probatio import *
from probatio import Schema as Schema
