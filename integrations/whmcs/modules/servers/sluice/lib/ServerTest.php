<?php

declare(strict_types=1);

namespace Sluice\Whmcs;

/** Tests a server of WHMCS, and lists the products of Sluice. */
final class ServerTest
{
    /**
     * Throws what is wrong with address or token.
     *
     * @param array<array-key, mixed> $params
     *
     * @throws ApiError|Refusal
     */
    public static function run(array $params): void
    {
        $me = new Data((new Api(Connection::ofServer($params), 15))->get('/me'));
        if ($me->has('client')) {
            throw new Refusal('The token is of one client only: create one with the scope operate, for all clients.');
        }
        if (!$me->isTrue('read') || !$me->isTrue('operate')) {
            throw new Refusal('The token may not change anything: create one with the scope operate.');
        }
    }

    /**
     * Returns the products of Sluice for the module's setting, by name.
     *
     * @param array<array-key, mixed> $params
     *
     * @return array<string, string>
     *
     * @throws ApiError|Refusal
     */
    public static function products(array $params): array
    {
        $answer = new Data((new Api(Connection::ofServer($params), 15))->get('/products'));
        $products = ['' => 'the product of Sluice that names this one'];
        foreach ($answer->items('products') as $product) {
            $id = $product->text('id');
            $products[$id] = $id . ' (' . $product->text('panel') . ')';
        }
        return $products;
    }
}
