from . import bpmn
