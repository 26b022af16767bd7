FROM scratch
COPY busybox /bin/busybox
# The applets are found by the names that they are called by.
RUN ["/bin/busybox", "--install", "-s", "/bin"]
CMD ["sleep", "infinity"]
