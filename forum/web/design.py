from flask import Blueprint

bp = Blueprint("design", __name__)
