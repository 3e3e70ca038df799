from . import departments, skills
