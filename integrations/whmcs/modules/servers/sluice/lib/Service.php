<?php

declare(strict_types=1);

namespace Sluice\Whmcs;

/** The service, or product addon, that WHMCS calls a function for. */
final class Service
{
    private function __construct(
        /** The id of the service in WHMCS. */
        public readonly string $number,
        /** The id of the service in Sluice. */
        public readonly string $id,
        /** The id of its client in WHMCS. */
        public readonly string $client,
        /** The id of the product addon in WHMCS; an empty text for a service. */
        public readonly string $addon,
        /** The product of Sluice that the module's settings name; an empty text for that which claims the product. */
        public readonly string $product
    ) {
    }

    /**
     * Returns the service that parameters of a module function name.
     *
     * @param array<array-key, mixed> $params
     *
     * @throws Refusal
     */
    public static function of(array $params): self
    {
        $data = new Data($params);
        $number = $data->whole('serviceid');
        if ($number === null || $number <= 0) {
            throw new Refusal('WHMCS named no service.');
        }
        $addon = $data->whole('addonId') ?? 0;
        return new self(
            (string) $number,
            "whmcs-$number",
            $data->text('userid'),
            $addon > 0 ? (string) $addon : '',
            trim(html_entity_decode($data->text('configoption1'), ENT_QUOTES | ENT_HTML5, 'UTF-8'))
        );
    }

    /** Returns the path of a route of the service. */
    public function path(string $rest = ''): string
    {
        return '/services/' . rawurlencode($this->id) . $rest;
    }

    /** Returns what idempotency keys of the service, or addon, begin with. */
    public function subject(): string
    {
        return $this->addon === '' ? "service-{$this->number}" : "addon-{$this->addon}";
    }
}
