from . import skills
