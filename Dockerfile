# One image for every process of the site; docker-compose.yml says which process a container is.
FROM python:3.12-slim

ENV PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    VAR_DIR=/data

RUN useradd --system --uid 10001 --home-dir /data --create-home likely
WORKDIR /app

# Requirements first: a change of the code does not install them again.
COPY requirements.txt .
RUN pip install --no-cache-dir --only-binary :all: -r requirements.txt

COPY package.json package-lock.json ./
COPY scripts/npm_files.py scripts/
RUN python scripts/npm_files.py

COPY . .
USER likely
VOLUME /data
EXPOSE 8000
CMD ["python", "manage.py", "web", "--host", "0.0.0.0", "--port", "8000"]
